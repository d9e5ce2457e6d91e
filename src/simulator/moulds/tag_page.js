// The hashtag page's own script: it resolves the tag, then shows the feed page by page, as far
// as the reader scrolls. Its signature is a toy: the simulator alone knows and checks it.
'use strict';

const WORD = 'teal kettle';
const HASHTAG = { from_page: 'hashtag' };
const LOGIN_CODES = [8, 10102, 22000, 209002];
const ABSENT_CODES = [10202, 10205, 10209, 10211, 10212];

const { worker } = document.currentScript.dataset;
const scope = JSON.parse(find('#__UNIVERSAL_DATA_FOR_REHYDRATION__').textContent).__DEFAULT_SCOPE__;
const viewer = scope['webapp.app-context'];
const tag = decodeURIComponent(location.pathname.split('/')[2]);
const tiles = find('[data-e2e="challenge-item-list"]');
const end = find('#list-end');
// What ends in it needs a person, or is over: then the page asks for nothing more by itself.
const BLOCKS = { captcha: showCaptcha, login: showLogin, absent: showAbsent };

let challenge = scope['webapp.challenge-detail']?.challengeInfo;
let cursor = '0';
let state = 'ready'; // then busy and ready in turn, or failed, over, captcha, login, absent
let scrollMayRetry = true;

start();

async function start() {
  await controlled();
  get('/api/compliance/settings/', {}).catch(() => {});
  get('/api/inbox/notice_count/', {}).catch(() => {});
  // What the site loads ahead for its front page: no part of this tag's feed.
  get('/api/preload/item_list/', { count: 10, ...HASHTAG }).catch(() => {});
  addEventListener('scroll', retryOnce);
  look.observe(end);
  // A dialog, while which the page answers nothing.
  if (tag.split('_').includes('alert')) setTimeout(() => alert('Still there?'), 200);
}

// Resolves when the service worker, if the page has one, answers for it.
async function controlled() {
  if (!worker || !navigator.serviceWorker) return;
  const taken = new Promise((done) => navigator.serviceWorker.addEventListener('controllerchange', done));
  await navigator.serviceWorker.register(worker);
  if (!navigator.serviceWorker.controller) await taken;
}

const look = new IntersectionObserver((seen) => seen.at(-1).isIntersecting && next(), { rootMargin: '200px' });

// Fetches one page, one at a time.
async function next() {
  if (state !== 'ready') return;
  state = 'busy';
  try {
    challenge ??= await resolved();
    title();
    state = show(await get('/api/challenge/item_list/', {
      challengeID: challenge.challenge.id, count: 30, coverFormat: 2, cursor, ...HASHTAG,
    }));
    scrollMayRetry = true;
  } catch (error) {
    state = error.message in BLOCKS ? error.message : 'failed';
    (BLOCKS[state] ?? showFailure)();
  }
  recheck();
}

// A short page leaves the end in view; observing it anew tells.
function recheck() {
  look.unobserve(end);
  look.observe(end);
}

async function resolved() {
  const answer = await get('/api/challenge/detail/', { challengeName: tag, ...HASHTAG });
  if (!answer.challengeInfo?.challenge?.id) throw new Error('absent');
  return answer.challengeInfo;
}

function show(answer) {
  const items = answer.itemList ?? [];
  if (!items.length && answer.hasMore !== false) throw new Error('no page');
  tiles.append(...items.filter(Boolean).map(tile));
  cursor = String(answer.cursor);
  return answer.hasMore ? 'ready' : 'over';
}

function tile(item) {
  const handle = item.author?.uniqueId ?? item.author ?? '';
  const link = element('a', { href: `/@${handle}/${item.imagePost ? 'photo' : 'video'}/${item.id}`, textContent: item.desc });
  const box = element('div', { className: 'tile' }, link);
  box.dataset.e2e = 'challenge-item';
  return box;
}

function title() {
  find('[data-e2e="challenge-title"]').textContent = `#${challenge.challenge.title}`;
  find('[data-e2e="challenge-vvcount"]').textContent = `${challenge.statsV2.viewCount} views`;
}

// Calls

async function get(path, own) {
  const response = await fetch(`${path}?${signed(query({ ...common(), ...own }))}`);
  if (response.headers.has('bdturing-verify')) throw new Error('captcha');
  if (new URL(response.url).pathname.startsWith('/login')) throw new Error('login');
  if (!response.ok) throw new Error(`status ${response.status}`);
  const answer = await response.json();
  const code = Number(answer.statusCode || answer.status_code || answer.code || 0);
  if (answer.type === 'verify' || code === 10000) throw new Error('captcha');
  if (LOGIN_CODES.includes(code)) throw new Error('login');
  if (ABSENT_CODES.includes(code)) throw new Error('absent');
  if (code !== 0) throw new Error(`code ${code}`);
  return answer;
}

function common() {
  return {
    WebIdLastTime: viewer.webIdCreatedTime, aid: 1988, app_language: 'en', app_name: 'tiktok_web',
    browser_language: navigator.language, browser_name: 'Mozilla', browser_online: navigator.onLine,
    browser_platform: navigator.platform, browser_version: navigator.appVersion, channel: 'tiktok_web',
    cookie_enabled: navigator.cookieEnabled, data_collection_enabled: true, device_id: viewer.wid,
    device_platform: 'web_pc', focus_state: document.hasFocus(), history_len: history.length,
    is_fullscreen: false, is_page_visible: !document.hidden, language: viewer.language, odinId: viewer.odinId,
    os: 'linux', priority_region: '', referer: '', region: viewer.region, root_referer: '',
    screen_height: screen.height, screen_width: screen.width,
    tz_name: Intl.DateTimeFormat().resolvedOptions().timeZone, user_is_login: false, webcast_language: 'en',
  };
}

// In alphabetical order, in the bytes that a URL keeps as they are.
function query(parameters) {
  const encoded = (value) => encodeURIComponent(value).replaceAll("'", '%27');
  const token = document.cookie.match(/(?:^|; )msToken=([^;]*)/)?.[1] ?? '';
  const pairs = Object.keys(parameters).sort().map((name) => `${name}=${encoded(parameters[name])}`);
  return [...pairs, `msToken=${encoded(token)}`].join('&');
}

function signed(query) {
  const covered = `${query}&X-Bogus=1`;
  return `${covered}&X-Gnarly=${signature(covered)}`;
}

function signature(covered) {
  return fnv(covered + WORD) + fnv(WORD + covered);
}

// FNV-1a, 32 bits, in hexadecimal.
function fnv(text) {
  const bytes = new TextEncoder().encode(text);
  const sum = bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5);
  return (sum >>> 0).toString(16).padStart(8, '0');
}

// Blocks

function showFailure() {
  const button = element('button', { textContent: 'Retry', onclick: again });
  const box = element('div', { id: 'list-failure' }, 'Something went wrong ', button);
  box.dataset.e2e = 'challenge-failure';
  end.before(box);
}

function retryOnce() {
  if (state !== 'failed' || !scrollMayRetry) return;
  scrollMayRetry = false;
  again();
}

function again() {
  find('#list-failure')?.remove();
  state = 'ready';
  next();
}

function showCaptcha() {
  const button = element('button', { id: 'captcha-verify-button', textContent: 'Verify', onclick: verify });
  // Easy to hit, whatever the fonts.
  button.style.cssText = 'display: block; width: 100%; height: 85%';
  document.body.append(element('div', {
    id: 'captcha-verify-container', className: 'captcha_verify_container captcha-verify-container overlay',
  }, 'Verify to continue ', button));
}

// Only a person's click counts.
async function verify(click) {
  if (!click.isTrusted) return;
  const response = await fetch('/captcha/verify', { method: 'POST' });
  if (!response.ok) return;
  find('#captcha-verify-container').remove();
  again();
}

function showLogin() {
  const box = element('div', { id: 'loginContainer', className: 'overlay' }, 'Log in to TikTok');
  box.dataset.e2e = 'login-modal';
  document.body.append(box);
}

function showAbsent() {
  find('#app').textContent = 'Couldn’t find this hashtag';
}

// Elements

function find(selector) {
  return document.querySelector(selector);
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}
