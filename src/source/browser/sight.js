(() => {
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  };
  const any = (selector) => [...document.querySelectorAll(selector)].some(shown);
  const named = (start) => `[id^="${start}"], [class^="${start}"], [class*=" ${start}"]`;
  const words = (document.body ? document.body.innerText : "").slice(0, 20000);
  return JSON.stringify({
    path: location.pathname,
    captcha:
      any(["captcha_verify", "captcha-verify", "secsdk-captcha", "tiktok-verify-page"].map(named).join(", ")) ||
      /Verify to continue|Drag the slider/.test(words),
    challenge: /Please wait/.test(words) && ["cs", "wci", "rci", "rs"].every((id) => document.getElementById(id)),
    login: any('[data-e2e="login-modal"], #loginContainer'),
    unknown: /Couldn['\u2019]t find this hashtag/.test(words),
    closed: /TikTok is not available|not available in your region|discontinued operating TikTok/.test(words),
    broken: /Something went wrong/.test(words),
  });
})()
