// The state as facts for whoever develops or demonstrates: screen, step, links, backlog.

import { byId, h } from './dom.js';
import { framesPerSecond } from './panel.js';
import { onChange, store } from './store.js';
import { onLanguage, t } from './words.js';

const rows = ({ screen, phase, buzzer, failure, uplink, remainingSeconds }) => [
  ['screen', remainingSeconds === undefined ? screen : `${screen} (${remainingSeconds} s)`],
  ['step', phase],
  ['uplink', t(`value.${uplink.broker}`), uplink.broker === 'connected'],
  ['terminal', t(`value.${uplink.terminal}`), uplink.terminal === 'ready'],
  ['backlog', String(uplink.backlog), uplink.backlog === 0],
  ['failure', failure ?? t('value.none'), failure === undefined],
  ['tone', buzzer],
];

let shown = '';
const show = () => {
  if (!store.state) return;
  const fps = framesPerSecond();
  const lines = [...rows(store.state), ['frames', fps > 0 ? t('value.perSecond', { n: fps }) : t('value.still')]];
  const now = JSON.stringify(lines) + document.documentElement.lang;
  if (now === shown) return;
  shown = now;
  byId('facts').replaceChildren(
    ...lines.flatMap(([name, value, good]) => [
      h('dt', {}, t(`fact.${name}`)),
      h('dd', { className: good === undefined ? '' : good ? 'good' : 'bad', title: value }, value),
    ]),
  );
};

export const startFacts = () => {
  onChange(show);
  onLanguage(show);
  setInterval(show, 1000);
};
