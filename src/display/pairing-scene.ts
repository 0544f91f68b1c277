// What the panel of a new kiosk shows until it is let in: the code that somebody at the site types. For the technician who stands before it,
// in Japanese and in English at once.

import { cutBottom, cutTop, inset, rect } from './layout.ts';
import { type DrawnScene, SceneBuilder } from './scene-builder.ts';
import { COLOURS, sizesFor } from './theme.ts';

export interface PairingNote {
  readonly code: string;
  readonly site: string;
  readonly kiosk: string;
  /** Where the kiosk asks. */
  readonly address: string;
  readonly state: 'unreachable' | 'refused' | 'trouble';
}

const TITLE = 'この機械を登録してください';

const STATES: Readonly<Record<PairingNote['state'], (address: string) => string>> = {
  unreachable: (address) => `${address} につながるのを待っています。\nWaiting for ${address}.`,
  refused: (address) => `${address} は、このコードをまだ受け付けていません。\n${address} has not accepted this code yet.`,
  trouble: () =>
    '登録に失敗しました。データを保存できないか、答えを使えません。\nThe answer cannot be used or kept: journalctl -u kazashi.',
};

export const pairingScene = (panel: { readonly width: number; readonly height: number }, note: PairingNote): DrawnScene => {
  const sizes = sizesFor(panel);
  const build = new SceneBuilder(panel, sizes, 'ja');
  build.panel(rect(0, 0, panel.width, panel.height), { fill: COLOURS.page });
  const body = inset(rect(0, 0, panel.width, panel.height), sizes.margin, sizes.margin);
  const [title, belowTitle] = cutTop(body, sizes.title * 1.5, sizes.gap / 2);
  const [todo, belowTodo] = cutTop(belowTitle, sizes.body * (sizes.portrait ? 6.4 : 3.2), sizes.gap);
  const [state, middle] = cutBottom(belowTodo, sizes.body * (sizes.portrait ? 6.4 : 3.2), sizes.gap);
  build.text('title', TITLE, title, { size: sizes.title, weight: 700 });
  build.text(
    'todo',
    `管理者のパソコンで kazashi site pair DIR ${note.kiosk} を実行し、下のコードを入力します。\nAt the administrator's computer: kazashi site pair DIR ${note.kiosk}`,
    todo,
    { size: sizes.body, smallest: Math.round(sizes.body * 0.6) },
  );
  build.panel(middle, { fill: COLOURS.surface, border: COLOURS.primary, width: sizes.stroke, radius: sizes.radius });
  const [code, place] = cutTop(inset(middle, sizes.gap), middle.height * 0.6, 0);
  build.text('code', note.code, code, {
    size: sizes.title * 2.6,
    smallest: sizes.title,
    weight: 700,
    align: 'centre',
    vertical: 'middle',
    language: 'en',
  });
  build.text('place', `${note.site} / ${note.kiosk}　10分ごとに新しくなります`, place, {
    size: sizes.body,
    smallest: Math.round(sizes.body * 0.6),
    colour: COLOURS.textSoft,
    align: 'centre',
    vertical: 'middle',
  });
  build.text('state', STATES[note.state](note.address), state, {
    size: sizes.body,
    smallest: Math.round(sizes.body * 0.55),
    vertical: 'middle',
  });
  return build.finish('out-of-service', TITLE);
};
