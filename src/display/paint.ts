// A whole panel drawn and painted at once, without the presenter: for what stands there before it works, or instead of it.

import { encodePixels } from './pixels.ts';
import type { PanelGeometry, Surface } from './ports.ts';
import type { Rasteriser } from './raster.ts';
import type { Block } from './scene-builder.ts';

/** All rows of the panel, in its own format and pitch. */
export const panelRows = async (rasteriser: Rasteriser, geometry: PanelGeometry, blocks: readonly Block[]): Promise<Uint8Array> => {
  const { width, height, strideBytes, format } = geometry;
  const { rgba } = await rasteriser.draw(
    { x: 0, y: 0, width, height },
    blocks.map(({ svg }) => svg),
  );
  const pixels = encodePixels(rgba, format);
  const rows = new Uint8Array(strideBytes * height);
  const rowBytes = pixels.length / height;
  for (let y = 0; y < height; y += 1) rows.set(pixels.subarray(y * rowBytes, (y + 1) * rowBytes), y * strideBytes);
  return rows;
};

/** Draws the blocks and writes them to the panel. Throws display/unavailable. */
export const paintBlocks = async (rasteriser: Rasteriser, surface: Surface, blocks: readonly Block[]): Promise<void> =>
  surface.writeRows(0, surface.geometry.height, await panelRows(rasteriser, surface.geometry, blocks));
