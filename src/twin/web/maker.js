// "Make a card of me": a photo from the webcam or a file, a few fields, and the twin makes a card with real keys of it.

import { base64Of, send } from './api.js';
import { rememberPicture } from './card-view.js';
import { byId, h } from './dom.js';
import { refresh, toast } from './store.js';
import { openWebcam, snap } from './webcam.js';
import { onLanguage, t } from './words.js';

/** Width and height of a card photo here; the chip holds a smaller one. */
const PHOTO = { width: 480, height: 600 };
let photo;
let closeWebcam;

const yearsFromNow = (years) => {
  const day = new Date();
  day.setFullYear(day.getFullYear() + years);
  return day.toISOString().slice(0, 10);
};

const FIELDS = [
  { name: 'name', word: 'makerName', type: 'text', value: () => 'me', maxlength: 64 },
  { name: 'birth', word: 'makerBirth', type: 'date', value: () => '1980-02-17' },
  { name: 'expires', word: 'makerExpires', type: 'date', value: () => yearsFromNow(9) },
  { name: 'pin', word: 'makerPin', type: 'text', value: () => '1234', inputmode: 'numeric', maxlength: 4 },
];

const leaveWebcam = () => {
  closeWebcam?.();
  closeWebcam = undefined;
  byId('maker-video').hidden = true;
  byId('maker-snap').hidden = true;
  byId('maker-webcam').hidden = false;
};
const showPhoto = (blob) => {
  photo = blob;
  const picture = byId('maker-picture');
  URL.revokeObjectURL(picture.src);
  picture.src = URL.createObjectURL(blob);
  picture.hidden = false;
};
const tell = (text, field) => {
  byId('maker-error').textContent = text;
  for (const input of byId('maker-fields').querySelectorAll('input')) input.setAttribute('aria-invalid', String(input.name === field));
};

const useWebcam = async () => {
  try {
    byId('maker-picture').hidden = true;
    byId('maker-video').hidden = false;
    closeWebcam = await openWebcam(byId('maker-video'));
    byId('maker-snap').hidden = false;
    byId('maker-webcam').hidden = true;
    byId('maker-snap').focus();
    tell('');
  } catch {
    leaveWebcam();
    tell(t('noWebcam'));
  }
};
const takePhoto = async () => {
  const blob = await snap(byId('maker-video'), PHOTO.width, PHOTO.height);
  leaveWebcam();
  showPhoto(blob);
};
const usePicture = () => {
  const [file] = byId('maker-file').files;
  if (!file) return;
  leaveWebcam();
  showPhoto(file);
};

const make = async (event) => {
  event.preventDefault();
  const values = Object.fromEntries(FIELDS.map(({ name }) => [name, byId(`maker-${name}`).value]));
  if (!photo) return tell(t('makerNoPhoto'));
  try {
    const pin = byId('maker-no-pin').checked ? null : values.pin;
    const card = await send('POST', '/api/cards', { ...values, pin, photo: await base64Of(photo) });
    rememberPicture(card.name, photo);
    byId('maker').close();
    toast(t('made'));
    refresh();
  } catch (error) {
    const known = ['photo', 'name', 'birth', 'expires', 'pin'].includes(error.field);
    tell(known ? t(`wrong.${error.field}`) : error.message, error.field);
  }
};

const showFields = () => {
  const kept = Object.fromEntries(FIELDS.map(({ name, value }) => [name, byId(`maker-${name}`)?.value ?? value()]));
  const noPin = byId('maker-no-pin')?.checked ?? false;
  const inputs = FIELDS.map(({ name, word, type, maxlength, inputmode }) =>
    h(
      'label',
      {},
      h('span', {}, t(word)),
      h('input', { id: `maker-${name}`, name, type, value: kept[name], maxlength, inputmode, required: true, autocomplete: 'off' }),
    ),
  );
  const box = h('input', {
    id: 'maker-no-pin',
    type: 'checkbox',
    onchange: (event) => (byId('maker-pin').disabled = event.target.checked),
  });
  byId('maker-fields').replaceChildren(...inputs, h('label', { className: 'check' }, box, h('span', {}, t('makerNoPin'))));
  box.checked = noPin;
  byId('maker-pin').disabled = noPin;
};

export const openMaker = () => {
  tell('');
  byId('maker').showModal();
};

export const startMaker = () => {
  showFields();
  onLanguage(showFields);
  byId('maker-webcam').addEventListener('click', useWebcam);
  byId('maker-snap').addEventListener('click', takePhoto);
  byId('maker-choose').addEventListener('click', () => byId('maker-file').click());
  byId('maker-file').addEventListener('change', usePicture);
  byId('maker-cancel').addEventListener('click', () => byId('maker').close());
  byId('maker').addEventListener('close', leaveWebcam);
  byId('maker-form').addEventListener('submit', make);
};
