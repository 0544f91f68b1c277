// The splash as bytes of this very panel, kept from the last start: painted before the renderer is loaded, so that a box
// that was switched on says so at once. Holds no text but the splash's own; a file that does not fit the panel is ignored.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { buildScene } from './build-scene.ts';
import { panelRows } from './paint.ts';
import type { PanelGeometry, Surface } from './ports.ts';
import type { Rasteriser } from './raster.ts';

const fileFor = ({ width, height, strideBytes, format }: PanelGeometry, directory: string): string =>
  join(directory, `splash-${width}x${height}-${strideBytes}-${format}.z`);

/** Paints the splash of an earlier start. False when there is none that fits; never throws for a bad file. */
export const paintStoredSplash = (surface: Surface, directory: string): boolean => {
  const { height, strideBytes } = surface.geometry;
  const length = height * strideBytes;
  let rows: Uint8Array;
  try {
    rows = inflateRawSync(readFileSync(fileFor(surface.geometry, directory)), { maxOutputLength: length });
  } catch {
    return false;
  }
  if (rows.length !== length) return false;
  surface.writeRows(0, height, rows);
  return true;
};

/** Keeps the splash for the next start; writes only when it looks otherwise than the one kept. */
export const keepSplash = async (rasteriser: Rasteriser, geometry: PanelGeometry, directory: string): Promise<void> => {
  const { blocks } = buildScene({ screen: 'splash', language: 'ja' }, geometry);
  const rows = await panelRows(rasteriser, geometry, blocks);
  const path = fileFor(geometry, directory);
  const deflated = deflateRawSync(rows, { level: 6 });
  const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
  try {
    if (hash(readFileSync(path)) === hash(deflated)) return;
  } catch {
    // None kept yet.
  }
  mkdirSync(directory, { recursive: true });
  writeFileSync(path, deflated);
};
