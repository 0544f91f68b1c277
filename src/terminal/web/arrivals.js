// Tells staff who look elsewhere that somebody came: a sound, a desktop notification and a number in the window's title. No name in any of
// them, for they appear over everything and before everybody.

import { h, icon } from './dom.js';

const SWITCH = 'kazashi-sound';
const OFFERED = 'kazashi-notify';
/** What comes within this time of the last sound is told together, so that a backlog of a hundred visits rings once, not a hundred times. */
const TOGETHER_MS = 1500;
const TITLE = '資格確認端末';

const chime = () => {
  const audio = new AudioContext();
  for (const [index, hertz] of [659, 880].entries()) {
    const tone = audio.createOscillator();
    const level = audio.createGain();
    const at = audio.currentTime + index * 0.16;
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.0001, at);
    level.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
    level.gain.exponentialRampToValueAtTime(0.0001, at + 0.4);
    tone.connect(level).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.42);
  }
  setTimeout(() => void audio.close(), 1200);
};

const permission = () => ('Notification' in window ? Notification.permission : 'denied');

const notify = (title) => {
  if (permission() !== 'granted' || document.hasFocus()) return;
  // One tag, so that they do not pile up; renotify, so that the second is seen as well as the first.
  const shown = new Notification(title, { tag: 'kazashi', renotify: true, icon: '/icon.svg' });
  shown.addEventListener('click', () => {
    window.focus();
    shown.close();
  });
};

/** {element: the switch, offer: what asks for permission, came(title, many?), close()} */
export const arrivals = (say) => {
  let on = localStorage.getItem(SWITCH) !== 'off';
  let unseen = 0;
  let resting;
  let held = [];

  const button = h('button', { class: 'button bell', type: 'button' });
  const offer = h('div', { class: 'box notice offer', role: 'group', 'aria-label': '受付の音と通知', hidden: true });
  const ask = async () => {
    const answer = await Notification.requestPermission();
    draw();
    if (answer === 'denied') say('通知はブラウザーの設定で止められています。音でお知らせします。');
  };
  const answered = () => {
    draw();
    // The buttons are gone: whoever pressed one goes on at the switch, which says how it stands.
    if (offer.hidden) button.focus();
  };
  const later = () => {
    localStorage.setItem(OFFERED, 'later');
    answered();
  };
  const question = () => [
    h('p', {}, 'ほかの画面を見ているときも、新しい受付を通知でお知らせできます。'),
    h(
      'div',
      { class: 'row' },
      h('button', { class: 'button small', type: 'button', onclick: later }, '今はしない'),
      h('button', { class: 'button small primary', type: 'button', onclick: () => void ask().then(answered) }, '通知を受け取る'),
    ),
  ];
  const hint = () => [h('p', {}, 'この画面のどこかを一度押すと、受付の音が出るようになります。')];
  let offered;
  const draw = () => {
    button.replaceChildren(icon(on ? 'sound' : 'mute', 22), h('span', {}, `音と通知：${on ? '入' : '切'}`));
    const silent = on && navigator.userActivation?.hasBeenActive === false;
    const unasked = on && permission() === 'default' && localStorage.getItem(OFFERED) === null;
    const now = unasked ? question : silent ? hint : undefined;
    // Made anew only where it says something else: a button that is replaced while it is pressed or focused can be neither.
    if (now === offered) return;
    offered = now;
    offer.hidden = now === undefined;
    offer.replaceChildren(...(now?.() ?? []));
  };
  button.addEventListener('click', () => {
    on = !on;
    localStorage.setItem(SWITCH, on ? 'on' : 'off');
    draw();
    if (!on) return;
    chime();
    if (permission() === 'default') void ask();
    else if (permission() === 'denied') say('通知はブラウザーの設定で止められています。音でお知らせします。');
  });

  const tell = (title) => {
    if (on) chime();
    if (on) notify(title);
    resting = setTimeout(rested, TOGETHER_MS);
  };
  const rested = () => {
    resting = undefined;
    const [first] = held;
    if (first === undefined) return;
    const many = held.length;
    held = [];
    tell(many === 1 ? first : `ほかに${many}件のお知らせがあります`);
  };
  const seen = () => {
    unseen = 0;
    document.title = TITLE;
  };
  // A click and not its beginning: the page must not move under the pointer before the press has arrived.
  const touched = () => !offer.hidden && draw();
  addEventListener('focus', seen);
  addEventListener('click', touched);
  addEventListener('keyup', touched);
  draw();
  return {
    element: button,
    offer,
    came: (title) => {
      if (!document.hasFocus()) unseen += 1;
      document.title = unseen > 0 ? `(${unseen}) ${TITLE}` : TITLE;
      if (resting === undefined) tell(title);
      else held.push(title);
    },
    close: () => {
      clearTimeout(resting);
      seen();
      removeEventListener('focus', seen);
      removeEventListener('click', touched);
      removeEventListener('keyup', touched);
    },
  };
};
