// The browser's webcam as the kiosk's camera: about eight JPEG pictures a second, sent to this computer's own twin and nowhere else.

import { base64Of, send } from './api.js';

const FPS = 8;
const WIDTH = 640;
const HEIGHT = 480;

/** Opens the webcam into a <video>; throws when there is none or it is forbidden. Returns the function that closes it. */
export const openWebcam = async (video) => {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { width: WIDTH, height: HEIGHT, facingMode: 'user' }, audio: false });
  video.srcObject = stream;
  await video.play();
  return () => {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
};

/** One picture of a video or image, cut to `width` × `height` from its middle, as JPEG. */
export const snap = (source, width = WIDTH, height = HEIGHT) => {
  const from = {
    width: source.videoWidth ?? source.naturalWidth ?? source.width,
    height: source.videoHeight ?? source.naturalHeight ?? source.height,
  };
  const scale = Math.min(from.width / width, from.height / height);
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const cut = { width: width * scale, height: height * scale };
  canvas
    .getContext('2d')
    .drawImage(source, (from.width - cut.width) / 2, (from.height - cut.height) / 2, cut.width, cut.height, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.9));
};

/**
 * Sends what the video shows until stopped. A picture is skipped while the one before is still on its way.
 * The returned function stops; it resolves when the last picture has arrived, so that nothing comes after it.
 */
export const streamWebcam = (video, onError) => {
  let sending;
  const sendOne = async () => {
    try {
      await send('PUT', '/api/camera', { frames: [await base64Of(await snap(video))], fps: FPS });
    } catch (error) {
      onError(error);
    } finally {
      sending = undefined;
    }
  };
  const timer = setInterval(() => {
    if (sending === undefined && video.videoWidth > 0) sending = sendOne();
  }, 1000 / FPS);
  return async () => {
    clearInterval(timer);
    await sending;
  };
};
