// Where faces are in a picture of any size and shape: the whole of it at once for near faces, windows of it for far ones.
// A camera's windows are taken in turn, and the one about a far face again and again, so that no frame costs more than two looks.

import type { FaceModels } from './models.ts';
import type { Picture } from './ports.ts';
import type { Box } from './sampling.ts';
import { type DetectedFace, detectFaces, suppress, wholeWindow } from './stages.ts';

/** Width of a window: a face of 60 pixels is 24 in the detector's input, which it finds surely. */
const WINDOW = 800;
/** Windows overlap by more than the faces they are for. */
const OVERLAP = 150;
/** Height in the detector's input below which the whole picture's word about a face is not relied on. */
const SURE_HEIGHT = 28;
/** Every so often a window elsewhere is looked at all the same: another person may have come. */
const ELSEWHERE = 4;

const starts = (length: number, window: number): number[] => {
  if (length <= window) return [0];
  const count = Math.ceil((length - OVERLAP) / (window - OVERLAP));
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - window)) / (count - 1)));
};

/** Windows that together show the whole picture closely enough; none when the whole picture does already. */
export const windowsOf = (picture: Pick<Picture, 'width' | 'height'>, ratio: number): Box[] => {
  if (wholeWindow(picture, ratio).width <= WINDOW) return [];
  const size = { width: WINDOW, height: WINDOW / ratio };
  return starts(picture.height, size.height).flatMap((y) => starts(picture.width, size.width).map((x) => ({ x, y, ...size })));
};

/** A face that the window's edge cuts is another window's business. */
const cutBy = (window: Box, { width, height }: Picture, { box }: DetectedFace): boolean =>
  (window.x > 0 && box.x < window.x + 2) ||
  (window.y > 0 && box.y < window.y + 2) ||
  (window.x + window.width < width && box.x + box.width > window.x + window.width - 2) ||
  (window.y + window.height < height && box.y + box.height > window.y + window.height - 2);

const detectIn = async (models: FaceModels, picture: Picture, window: Box): Promise<DetectedFace[]> =>
  (await detectFaces(models, picture, window)).filter((face) => !cutBy(window, picture, face));

const ratioOf = ({ detect }: FaceModels): number => detect.entry.input.width / detect.entry.input.height;

/** Every face of one picture, best first. */
export const findFacesInStill = async (models: FaceModels, picture: Picture): Promise<DetectedFace[]> => {
  const found = await detectFaces(models, picture);
  const scale = models.detect.entry.input.width / wholeWindow(picture, ratioOf(models)).width;
  if (found.some(({ box }) => box.height * scale >= SURE_HEIGHT)) return found;
  for (const window of windowsOf(picture, ratioOf(models))) found.push(...(await detectIn(models, picture, window)));
  return suppress(found, models.manifest.thresholds.overlap);
};

/** Finds faces in the frames of one camera, one after the other. */
export class FaceFinder {
  #frame = 0;
  #last: Box | undefined;

  /** Faces of this frame, best first; what a window in turn does not show may come with the next. */
  async find(models: FaceModels, picture: Picture): Promise<DetectedFace[]> {
    const found = await detectFaces(models, picture);
    const ratio = ratioOf(models);
    const scale = models.detect.entry.input.width / wholeWindow(picture, ratio).width;
    const windows = windowsOf(picture, ratio);
    if (windows.length > 0 && !found.some(({ box }) => box.height * scale >= SURE_HEIGHT)) {
      const turn = this.#frame++;
      const elsewhere = windows[turn % windows.length] as Box;
      const window = this.#last === undefined || turn % ELSEWHERE === 0 ? elsewhere : this.#about(this.#last, picture, ratio);
      found.push(...(await detectIn(models, picture, window)));
    }
    const faces = suppress(found, models.manifest.thresholds.overlap);
    const [largest] = [...faces].sort((a, b) => b.box.height - a.box.height);
    if (largest !== undefined) this.#last = largest.box;
    return faces;
  }

  #about({ x, y, width, height }: Box, picture: Picture, ratio: number): Box {
    const size = { width: WINDOW, height: WINDOW / ratio };
    const place = (middle: number, window: number, length: number) => Math.max(0, Math.min(length - window, middle - window / 2));
    return { x: place(x + width / 2, size.width, picture.width), y: place(y + height / 2, size.height, picture.height), ...size };
  }
}
