// What to try: five steps, and a line at the top that follows the visitor through them.

import { byId, h } from './dom.js';
import { onChange, store } from './store.js';
import { onLanguage, t } from './words.js';

const SEEN = 'kazashi.guide-seen';
const STEPS = [1, 2, 3, 4, 5];
const THIRD = ['reading-card', 'choose-method', 'face', 'face-retry', 'pin', 'pin-last-try', 'staff-check'];
const FOURTH = ['consent', 'consent-items', 'prescription', 'sending'];

/** The step that is next: from the screen, and at the start from whether anybody stands before the camera. */
const nextStep = ({ state, twin }) => {
  if (!state || !twin) return 1;
  if (FOURTH.includes(state.screen)) return 4;
  if (['done', 'take-card', 'notice'].includes(state.screen)) return 5;
  if (THIRD.includes(state.screen)) return 3;
  return twin.camera && twin.camera.kind !== 'dark' ? 2 : 1;
};

const show = () => {
  const next = nextStep(store);
  byId('coach-number').textContent = String(next);
  byId('coach-text').textContent = t(`step${next}`);
  byId('guide-steps').replaceChildren(
    ...STEPS.map((step) =>
      h(
        'li',
        { className: step < next ? 'past' : step === next ? 'next' : '' },
        h('b', {}, t(`step${step}`)),
        h('span', {}, t(`step${step}More`)),
      ),
    ),
  );
};

export const startGuide = () => {
  const guide = byId('guide');
  byId('coach').addEventListener('click', () => guide.showModal());
  guide.addEventListener('close', () => localStorage.setItem(SEEN, 'yes'));
  // The start is worth watching: the guide comes when the kiosk is ready for it.
  let due = localStorage.getItem(SEEN) === null;
  onChange((now) => {
    show();
    if (!due || now.state?.screen !== 'idle') return;
    due = false;
    guide.showModal();
  });
  onLanguage(show);
};
