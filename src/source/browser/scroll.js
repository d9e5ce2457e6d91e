(async () => {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const boxes = [document.scrollingElement, document.querySelector("main")].filter(Boolean);
  const move = (to) => boxes.forEach((box) => box.scrollTo(0, to(box)));
  // A sentinel that is in view already has to leave it first.
  move((box) => Math.max(0, box.scrollTop - 700));
  await pause(60);
  move((box) => box.scrollHeight);
})()
