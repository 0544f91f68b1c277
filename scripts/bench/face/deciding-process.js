// The kiosk's thread while a face is decided: live preview on the panel, the face thread at work, the event loop watched. Compiled, no loader.
//   fork(deciding-process.js); one message {frames: JPEG[], photo: JPEG 2000, seconds}; answers {fps: number[], loopMs: {p50, p99, max}, frames, outcome}.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../../../dist/core/clock.js';
import { silentLog } from '../../../dist/core/log.js';
import { Display } from '../../../dist/display/display.js';
import { MemorySurface } from '../../../dist/display/memory-surface.js';
import { openRasteriser } from '../../../dist/display/raster.js';
import { sampleModels } from '../../../dist/display/samples.js';
import { TwinCamera } from '../../../dist/faceauth/camera/twin-camera.js';
import { startWorkerVerifier } from '../../../dist/faceauth/worker/worker-verifier.js';
import { createLivePreview } from '../../../dist/main/live-preview.js';

const CAMERA_FPS = 15;
const WINDOW_MS = 1000;

/** Pictures in every whole second between the first and the last. */
const perSecond = (moments) => {
  const counts = [];
  for (let from = moments[0]; from + WINDOW_MS <= moments.at(-1); from += WINDOW_MS)
    counts.push(moments.filter((at) => at >= from && at < from + WINDOW_MS).length);
  return counts;
};

const measure = async ({ frames, photo, seconds }) => {
  const fonts = mkdtempSync(join(tmpdir(), 'kazashi-bench-'));
  const display = new Display({ surface: new MemorySurface(1280, 800), rasteriser: await openRasteriser(fonts) });
  rmSync(fonts, { recursive: true, force: true });
  const { face } = sampleModels('ja');
  display.show(face);
  await display.settled();
  const camera = new TwinCamera(systemClock);
  await camera.showFrames(frames, CAMERA_FPS);
  const shown = [];
  const preview = createLivePreview(
    camera,
    {
      get previewRatio() {
        return display.previewRatio;
      },
      showPreview: (picture, window) => {
        display.showPreview(picture, window);
        shown.push(performance.now());
      },
    },
    systemClock,
  );
  // Threshold out of reach: every frame of the try is judged, none ends it.
  const verifier = await startWorkerVerifier({ threshold: 0.99 }, silentLog, undefined, (place) => preview.follow(place));
  const enrolled = await verifier.enrol(photo);
  preview.show(true);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  loop.enable();
  const decision = await verifier.verify(enrolled, camera, {
    timeoutMs: seconds * 1000,
    signal: new AbortController().signal,
    onProgress: (progress) => display.show({ ...face, hint: undefined, ...progress }),
  });
  loop.disable();
  await preview.stop();
  await display.close();
  await verifier.close();
  const ms = (nanoseconds) => nanoseconds / 1e6;
  return {
    fps: perSecond(shown),
    loopMs: { p50: ms(loop.percentile(50)), p99: ms(loop.percentile(99)), max: ms(loop.max) },
    frames: decision.frames,
    outcome: decision.outcome,
  };
};

process.once('message', (request) => {
  measure(request).then(
    (result) => process.send(result, () => process.exit(0)),
    (error) => {
      process.stderr.write(`${error?.stack ?? error}\n`);
      process.exit(1);
    },
  );
});
