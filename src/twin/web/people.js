// Who or what is before the camera: drawn residents, the browser's webcam, a picture, an attack with a picture, darkness.

import { send, sendBlob } from './api.js';
import { called, portrait } from './card-view.js';
import { byId, h, icon } from './dom.js';
import { act, onChange, refresh, store, toast } from './store.js';
import { openWebcam, streamWebcam } from './webcam.js';
import { onLanguage, t } from './words.js';

let stopWebcam;

const leaveWebcam = async () => {
  const stop = stopWebcam;
  stopWebcam = undefined;
  byId('self-view').hidden = true;
  await stop?.();
};

const startWebcam = async () => {
  if (stopWebcam) return;
  const video = byId('self-view');
  try {
    const close = await openWebcam(video);
    const stop = streamWebcam(video, (error) => toast(error.message));
    stopWebcam = async () => {
      await stop();
      close();
    };
    video.hidden = false;
    setTimeout(refresh, 500);
  } catch {
    toast(t('noWebcam'));
  }
};

const standBefore = async (name) => {
  await leaveWebcam();
  return act(() => send('PUT', '/api/camera', { resident: name }));
};
const darken = async () => {
  await leaveWebcam();
  return act(() => send('DELETE', '/api/camera'));
};
const choosePicture = (as) => {
  const input = byId('picture-file');
  input.value = '';
  input.onchange = async () => {
    const [file] = input.files;
    if (!file) return;
    await leaveWebcam();
    await act(() => sendBlob('PUT', as === 'person' ? '/api/camera' : `/api/camera?as=${as}`, file));
  };
  input.click();
};

const SOURCES = [
  { word: 'live', icon: 'webcam', run: startWebcam, on: (camera) => camera?.kind === 'frames' },
  { word: 'dark', icon: 'dark', run: darken, on: (camera) => camera?.kind === 'dark' },
  {
    word: 'still',
    icon: 'picture',
    run: () => choosePicture('person'),
    on: (camera) => camera?.kind === 'still' && camera.as === 'person',
  },
  { word: 'print', icon: 'print', run: () => choosePicture('print'), on: (camera) => camera?.as === 'print' },
  { word: 'screen', icon: 'phone', run: () => choosePicture('screen'), on: (camera) => camera?.as === 'screen' },
];

let shown = '';
const show = (force = false) => {
  const { twin } = store;
  if (!twin) return;
  const now = JSON.stringify([twin.residents, twin.camera, twin.portraits]);
  if (!force && now === shown) return;
  shown = now;
  const focused = document.activeElement?.dataset?.source;
  const { camera } = twin;
  const people = twin.residents.map(
    (name) =>
    h('button', { type: 'button', className: 'person', 'data-source': `resident ${name}`, 'aria-pressed': String(camera?.kind === 'resident' && camera.name === name), onclick: () => standBefore(name) }, portrait(name), h('span', {}, called(name))), // biome-ignore format: one button
  );
  const sources = SOURCES.map(
    ({ word, icon: drawing, run, on }) =>
    h('button', { type: 'button', className: 'source', 'data-source': word, 'aria-pressed': String(on(camera)), onclick: run }, icon(drawing), h('span', {}, t(word))), // biome-ignore format: one button
  );
  byId('people').replaceChildren(...people);
  byId('sources').replaceChildren(...sources);
  if (focused) document.querySelector(`[data-source="${CSS.escape(focused)}"]`)?.focus();
};

export const startPeople = () => {
  onChange(() => show());
  onLanguage(() => show(true));
  // Whoever closes the page leaves the camera.
  addEventListener('pagehide', () => {
    if (stopWebcam) void fetch('/api/camera', { method: 'DELETE', keepalive: true });
    void leaveWebcam();
  });
};
