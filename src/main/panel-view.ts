// The simulated panel for whoever watches it from outside: only what changed is encoded, and once for all who watch.

import type { MemorySurface } from '../display/memory-surface.ts';
import { PanelChanges } from '../display/panel-changes.ts';
import type { Rect } from '../display/ports.ts';
import type { Rasteriser } from '../display/raster.ts';
import type { PanelPart, TwinControls } from '../twin/ports.ts';

/** `camera` = where the live picture is now. */
export const createPanelView = (
  surface: MemorySurface,
  rasteriser: Rasteriser,
  camera: () => Rect | undefined,
): TwinControls['panelSince'] => {
  const changes = new PanelChanges(surface.memory, surface.geometry);
  surface.onWrite((y, rows) => changes.written(y, rows));
  let newest: number | undefined;
  /** Pictures of the newest look. */
  const encoded = new Map<string, Promise<PanelPart>>();

  const encode = async (part: Rect, type: PanelPart['type']): Promise<PanelPart> => {
    const { x, y, width, height } = part;
    const make = type === 'image/png' ? rasteriser.png : rasteriser.jpeg;
    return { x, y, type, bytes: await make(surface.rgb(part), width, height) };
  };
  const partOf = (part: Rect | undefined, type: PanelPart['type']): readonly Promise<PanelPart>[] => {
    if (part === undefined) return [];
    const key = [type, part.x, part.y, part.width, part.height].join();
    const picture = encoded.get(key) ?? encode(part, type);
    encoded.set(key, picture);
    return [picture];
  };

  return async (before) => {
    const seen = changes.look(camera());
    if (seen !== newest) encoded.clear();
    newest = seen;
    const change = changes.since(before);
    return { seen, parts: await Promise.all([...partOf(change.screen, 'image/png'), ...partOf(change.camera, 'image/jpeg')]) };
  };
};
