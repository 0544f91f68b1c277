// From a device's own coordinates to panel pixels: four measured corners, then the panel's rotation.
// Pure geometry; a calibration that cannot be inverted is refused when it is made, not when a finger comes.

import { KioskFailure } from '../../core/failure.ts';
import { type Affine, applyAffine, type Point } from './affine.ts';

export interface CalibrationOptions {
  /** Measured at the box: stands for corners and rotation both. */
  readonly affine?: Affine | undefined;
  /** How the panel is mounted, clockwise degrees. */
  readonly rotation?: 0 | 90 | 180 | 270;
  /** Where the device saw the panel's corners, as shares 0..1 of its range: top left, top right, bottom right, bottom left. */
  readonly corners?: readonly [Point, Point, Point, Point];
}

export type Calibration = (raw: Point) => Point;

/** Maps shares (0..1 of the device's range) to whole panel pixels, held inside the panel. Throws config/invalid. */
export const calibrate = (panel: { width: number; height: number }, options: CalibrationOptions = {}): Calibration => {
  const unit = options.corners === undefined ? (point: Point) => point : fromQuadrilateral(options.corners);
  const { affine, rotation = 0 } = options;
  return (raw) => {
    const { x, y } = affine === undefined ? rotate(unit(raw), rotation) : applyAffine(affine, raw);
    return { x: hold(x, panel.width), y: hold(y, panel.height) };
  };
};

const hold = (share: number, length: number): number => Math.max(0, Math.min(length - 1, Math.round(share * (length - 1))));

const rotate = ({ x, y }: Point, rotation: 0 | 90 | 180 | 270): Point => {
  if (rotation === 90) return { x: 1 - y, y: x };
  if (rotation === 180) return { x: 1 - x, y: 1 - y };
  if (rotation === 270) return { x: y, y: 1 - x };
  return { x, y };
};

/**
 * The projective map of a quadrilateral onto the unit square: the closed form of the map square → quadrilateral
 * (P. Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, 2.2.3), inverted by its adjugate.
 */
const fromQuadrilateral = ([p0, p1, p2, p3]: readonly [Point, Point, Point, Point]): ((point: Point) => Point) => {
  const sx = p0.x - p1.x + p2.x - p3.x;
  const sy = p0.y - p1.y + p2.y - p3.y;
  const [dx1, dy1] = [p1.x - p2.x, p1.y - p2.y];
  const [dx2, dy2] = [p3.x - p2.x, p3.y - p2.y];
  const determinant = dx1 * dy2 - dx2 * dy1;
  const bad = new KioskFailure('config/invalid', {
    message: 'touch calibration: the four corners do not enclose an area, measure them again',
  });
  if (Math.abs(determinant) < 1e-9) throw bad;
  const g = (sx * dy2 - dx2 * sy) / determinant;
  const h = (dx1 * sy - sx * dy1) / determinant;
  const [a, b, c] = [p1.x - p0.x + g * p1.x, p3.x - p0.x + h * p3.x, p0.x];
  const [d, e, f] = [p1.y - p0.y + g * p1.y, p3.y - p0.y + h * p3.y, p0.y];
  const whole = a * (e - f * h) - b * (d - f * g) + c * (d * h - e * g);
  if (!Number.isFinite(whole) || Math.abs(whole) < 1e-9) throw bad;
  return ({ x, y }) => {
    const u = (e - f * h) * x + (c * h - b) * y + (b * f - c * e);
    const v = (f * g - d) * x + (a - c * g) * y + (c * d - a * f);
    const w = (d * h - e * g) * x + (b * g - a * h) * y + (a * e - b * d);
    return Math.abs(w) < 1e-12 ? { x: -1, y: -1 } : { x: u / w, y: v / w };
  };
};
