// What a patient sees and hears: the panel as the kernel tells of it, and the speaker, which is given a moment of silence to play.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KioskConfig } from '../../config/schema.ts';
import { aplay, type OpenPlayer } from '../../device/sound/alsa-sound.ts';
import { SAMPLE_RATE } from '../../device/sound/clips.ts';
import { readGeometry } from '../../display/framebuffer-surface.ts';
import { type Check, fail, ok, warn } from './check.ts';

const told = (cause: unknown): string => (cause instanceof Error ? cause.message : 'unknown');

/** Whether each connector of the graphics chip has something plugged in; a panel that is soldered on has no connector or is always connected. */
const connectors = (root: string): readonly boolean[] => {
  const directory = join(root, 'sys/class/drm');
  try {
    return readdirSync(directory).flatMap((name) => {
      if (!/^card\d+-/.test(name)) return [];
      const status = readFileSync(join(directory, name, 'status'), 'utf8').trim();
      return status === 'unknown' ? [] : [status === 'connected'];
    });
  } catch {
    return [];
  }
};

export const panel = ({ framebuffer }: KioskConfig['panel'], root: string): Check => ({
  id: 'panel',
  title: { ja: '画面', en: 'Screen' },
  async run() {
    try {
      const { width, height, format } = readGeometry(join(root, 'sys/class/graphics', framebuffer));
      const plugged = connectors(root);
      // No more than a warning: a driver may not see its panel, and what newly fails would send an update back.
      if (plugged.length > 0 && !plugged.includes(true))
        return warn(
          { panel: `${width}×${height} ${format}` },
          '画面のケーブルが抜けています。画面の電源とケーブルを確かめてください。',
          'No screen is plugged in. Check its power and its cable.',
        );
      return ok({ panel: `${width}×${height} ${format}` });
    } catch (cause) {
      return fail(
        { panel: framebuffer, error: told(cause) },
        '画面を使えません。画面のケーブルと、設定の panel.framebuffer を確かめてください。',
        'The screen cannot be driven. Check its cable and panel.framebuffer in the settings.',
      );
    }
  },
});

/** A tenth of a second of silence: two channels of 16 bit. */
const SILENCE = new Uint8Array((SAMPLE_RATE / 10) * 4);

/** Resolves when `device` played silence to its end; rejects with what the player said. */
const playSilence = (openPlayer: OpenPlayer, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const late = (): void => reject(new Error('the player does not end'));
    if (signal.aborted) late();
    signal.addEventListener('abort', late, { once: true });
    const player = openPlayer((reason) => reject(new Error(reason)), resolve);
    player.write(SILENCE);
    player.end();
  });

/** Another player has the device, which the kiosk's own speech is: it works. */
const BUSY = /busy/i;

export const speaker = ({ output, device }: KioskConfig['sound'], openPlayer: OpenPlayer = aplay(device)): Check => ({
  id: 'sound',
  title: { ja: '音声', en: 'Sound' },
  async run(signal) {
    if (output === 'none') return ok({ speaker: 'none' });
    try {
      await playSilence(openPlayer, signal);
      return ok({ speaker: device });
    } catch (cause) {
      if (BUSY.test(told(cause))) return ok({ speaker: device });
      return warn(
        { speaker: device, error: told(cause) },
        '音が出ません。目の不自由な方が一人で受付できません。スピーカーの接続と、設定の sound.device を確かめてください。',
        'There is no sound: who cannot see cannot check in alone. Check the speaker and sound.device in the settings.',
      );
    }
  },
});
