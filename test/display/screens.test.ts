// Every screen as data: texts fit, targets are large enough, languages are complete.

import { test } from 'tap';
import { FAILURE_CODES } from '../../src/core/failure.ts';
import { type DisplayMode, LANGUAGES, type Language, SCREENS, type ScreenModel, SPOKEN_LANGUAGES } from '../../src/core/screens.ts';
import { buildScene } from '../../src/display/build-scene.ts';
import { inContrast } from '../../src/display/contrast.ts';
import { FIELD_CODES } from '../../src/display/languages/failure-texts.ts';
import { messagesFor } from '../../src/display/languages/language.ts';
import { overlaps } from '../../src/display/layout.ts';
import type { SceneElement } from '../../src/display/ports.ts';
import { SAMPLE_FACILITY, sampleModels } from '../../src/display/samples.ts';
import type { DrawnScene } from '../../src/display/scene-builder.ts';
import { largeSentences } from '../../src/display/screens/large-sentences.ts';
import { escapeXml } from '../../src/display/text/escape.ts';
import { sentencesOf } from '../../src/display/text/sentences.ts';
import { COLOURS, sizesFor } from '../../src/display/theme.ts';

const PANELS = [
  { width: 1280, height: 800 },
  { width: 800, height: 480 },
  { width: 800, height: 1280 },
] as const;

const scenesOf = (panel: { readonly width: number; readonly height: number }, language: Language, mode: DisplayMode) =>
  Object.entries(sampleModels(language, mode)).map(([name, model]) => ({
    name: `${name} ${mode} ${language} ${panel.width}×${panel.height}`,
    panel,
    model,
    scene: buildScene(model, panel),
  }));

let scenes: ReturnType<typeof scenesOf> | undefined;
/** Every sample in every language, size of letters and panel; white on black has the layout of the standard mode. */
const everyScene = () => {
  scenes ??= PANELS.flatMap((panel) =>
    LANGUAGES.flatMap((language) => [...scenesOf(panel, language, 'standard'), ...scenesOf(panel, language, 'large')]),
  );
  return scenes;
};

const luminance = (colour: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrastOf = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};

const buttons = (elements: readonly SceneElement[]) => elements.filter((element) => element.role === 'button');
const element = (elements: readonly SceneElement[], id: string): SceneElement => {
  const found = elements.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no element ${id}`);
  return found;
};

test('there is a sample of every screen', async (t) => {
  const shown = new Set(Object.values(sampleModels('ja')).map((model) => model.screen));
  t.same(
    SCREENS.filter((screen) => !shown.has(screen)),
    [],
  );
});

test('every text fits its box, on every panel, in every language and in both sizes of letters', async (t) => {
  t.same(
    everyScene().flatMap(({ name, scene }) => scene.misfits.map((misfit) => `${name}: ${misfit}`)),
    [],
  );
});

test('everything stays inside the panel, and no button covers another', async (t) => {
  const faults = everyScene().flatMap(({ name, panel, scene }) => {
    const outside = scene.elements.filter(
      ({ rect }) =>
        rect.x < 0 ||
        rect.y < 0 ||
        rect.width <= 0 ||
        rect.height <= 0 ||
        rect.x + rect.width > panel.width ||
        rect.y + rect.height > panel.height,
    );
    const all = buttons(scene.elements);
    const covered = all.filter((one, i) => all.slice(i + 1).some((other) => overlaps(one.rect, other.rect)));
    return [...outside.map(({ id }) => `${name}: ${id} outside`), ...covered.map(({ id }) => `${name}: ${id} covered`)];
  });
  t.same(faults, []);
});

test('every target is 88 pixels high and wide, 68 on a small panel, and no id comes twice', async (t) => {
  const faults = everyScene().flatMap(({ name, panel, scene }) => {
    // 15 mm on a 10.1 inch panel of 1280×800, 13 mm on a 7 inch one of 800×480, which has no height for more. Nothing is exempt.
    const smallest = sizesFor(panel).compact ? 68 : 88;
    const low = buttons(scene.elements).filter(({ rect }) => rect.height < smallest || rect.width < smallest);
    const ids = scene.elements.map(({ id }) => id);
    const twice = ids.filter((id, i) => ids.indexOf(id) !== i);
    return [...low.map(({ id, rect }) => `${name}: ${id} ${rect.width}×${rect.height}`), ...twice.map((id) => `${name}: ${id} twice`)];
  });
  t.same(faults, []);
});

test('every screen a patient meets says something, and no label is empty', async (t) => {
  const quiet = new Set(['splash', 'technician']);
  for (const { name, model, scene } of everyScene()) {
    if (scene.speech.trim() === '' && !quiet.has(model.screen)) t.fail(`${name} has no speech`);
    for (const { id, label } of scene.elements) if (label.trim() === '') t.fail(`${name}: ${id} has no label`);
  }
  t.pass('all looked at');
});

/** Every text of a language by its path; functions are called with numbers. */
const texts = (value: unknown, path: string): [string, string][] => {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value === 'function') return [[path, String(value(2, 4))]];
  return Object.entries(value as object).flatMap(([key, inner]) => texts(inner, `${path}.${key}`));
};

test('all languages have the same texts and none is empty', async (t) => {
  const japanese = texts(messagesFor('ja'), '').map(([path]) => path);
  for (const language of LANGUAGES) {
    const all = texts(messagesFor(language), '');
    t.same(all.map(([path]) => path).sort(), [...japanese].sort(), language);
    t.same(
      all.filter(([, text]) => text.trim() === '').map(([path]) => path),
      [],
      `${language}: empty texts`,
    );
  }
});

test('every failure code has its four texts in every language, and its screen shows the code', async (t) => {
  for (const language of LANGUAGES) {
    const { failures } = messagesFor(language);
    for (const code of FAILURE_CODES) {
      const scene = buildScene({ screen: 'notice', language, code, choices: [] }, PANELS[0]);
      const { title, patient, action, staff } = failures[code];
      if ([title, patient, action, staff].some((text) => text === '')) t.fail(`${language} ${code}`);
      t.match(element(scene.elements, 'code').label, code);
      t.equal(element(scene.elements, 'title').label, title);
      t.equal(element(scene.elements, 'action').label, action);
    }
  }
  t.match(FIELD_CODES, {
    'card/not-recognised': '001',
    'card/not-my-number': '002',
    'card/driving-licence': '002',
    'card/transit': '002',
    'certificate/revoked': '006',
  });
});

test('a locked PIN sends the patient to the city office', async (t) => {
  for (const code of ['pin/blocked', 'pin/only-way-blocked'] as const)
    for (const language of LANGUAGES) t.match(messagesFor(language).failures[code].action, /市区町村の窓口/);
});

test('the idle screen asks for the card and for no button press', async (t) => {
  const { elements } = buildScene({ screen: 'idle', language: 'ja', languages: LANGUAGES }, PANELS[0]);
  t.match(element(elements, 'title').label, 'マイナンバーカードを 置いてください');
  t.same(
    buttons(elements)
      .map(({ id }) => id)
      .sort(),
    ['help', 'maintenance', 'mode-contrast', 'mode-large', ...LANGUAGES.map((language) => `language-${language}`), 'repeat-speech'].sort(),
  );
});

test('agreeing and refusing have the same size and the same look', async (t) => {
  const models: readonly (readonly [ScreenModel, readonly string[]])[] = [
    [
      { screen: 'consent', language: 'ja', questions: ['diagnosis-medication', 'surgery'] },
      ['consent-all', 'consent-choose', 'consent-none'],
    ],
    [{ screen: 'consent-items', language: 'ja', question: 'surgery', index: 0, count: 1 }, ['item-yes', 'item-no']],
  ];
  for (const panel of PANELS) {
    for (const [model, ids] of models) {
      const scene = buildScene(model, panel);
      const rects = ids.map((id) => element(scene.elements, id).rect);
      const line = new Set(rects.map(({ height, x, y }) => `${height} ${panel.height > panel.width && rects.length > 2 ? x : y}`));
      t.equal(line.size, 1, 'in one row, or three in one column');
      t.ok(Math.max(...rects.map(({ width }) => width)) - Math.min(...rects.map(({ width }) => width)) <= 1, 'same width to a pixel');
      const looks = ids.map(
        (id) => scene.blocks.find((block) => block.id === id)?.svg.match(/rx="[^"]*" fill="[^"]*" stroke="[^"]*"/)?.[0],
      );
      t.equal(new Set(looks).size, 1);
      t.match(scene.svg, '24');
    }
  }
});

test('the PIN screen shows how many digits, never which, and 決定 only when all are there', async (t) => {
  const pin = { screen: 'pin', language: 'ja', length: 4, triesLeft: 2, wrong: false, checking: false } as const;
  for (let entered = 0; entered <= 4; entered += 1) {
    const scene = buildScene({ ...pin, entered }, PANELS[0]);
    t.equal(element(scene.elements, 'key-enter').enabled, entered === 4);
    t.equal(element(scene.elements, 'key-clear').enabled, entered > 0);
    t.match(element(scene.elements, 'entered').label, `${entered}`);
    t.equal((scene.svg.match(/<circle[^>]*fill="#1a1a1a"/g) ?? []).length, entered, 'one dot per digit');
    t.match(element(scene.elements, 'tries-detail').label, 'あと 2 回');
  }
  const wrong = buildScene({ ...pin, entered: 0, wrong: true }, PANELS[0]);
  t.match(element(wrong.elements, 'tries').label, 'ちがいます');
  t.match(wrong.speech, 'あと2回');
});

test('what staff read and press is in the language of their instructions: their pad, and all of the technician', async (t) => {
  for (const language of LANGUAGES)
    for (const mode of ['standard', 'large'] as const)
      for (const [name, model] of Object.entries(sampleModels(language, mode))) {
        const { elements } = buildScene(model, PANELS[0]);
        const labelOf = (id: string) => elements.find((one) => one.id === id)?.label;
        const { pin, footer } = messagesFor(language === 'en' ? 'en' : 'ja');
        if (/^(staff-check|technician-(locked|wrong))/.test(name)) {
          const keys = ['key-backspace', 'key-clear', 'key-enter', 'keypad'].map(labelOf);
          t.same(keys, [pin.backspace, pin.clear, pin.enter, pin.keypad], `${name} ${mode} ${language}`);
        }
        if (name.startsWith('technician') && name !== 'technician-cross')
          t.equal(labelOf('back'), footer.back, `${name} ${mode} ${language}`);
        if (name === 'pin-full') t.equal(labelOf('key-clear'), messagesFor(language).pin.clear, 'the patient’s pad is the patient’s');
      }
});

test('after a wrong passcode staff read what is wrong, and the patient’s own line stays', async (t) => {
  for (const panel of PANELS)
    for (const language of LANGUAGES) {
      const { staffCheck, faceRetry } = messagesFor(language);
      const wrong = buildScene(sampleModels(language)['staff-check-wrong'] as ScreenModel, panel).elements;
      t.equal(`${element(wrong, 'staff-note').label} ${element(wrong, 'staff-note-detail').label}`.replace('。 ', '。'), staffCheck.wrong);
      t.equal(element(wrong, 'staff-note-patient').label, staffCheck.patient);
      const locked = buildScene(sampleModels(language)['staff-check-locked'] as ScreenModel, panel).elements;
      t.equal(element(locked, 'staff-note-patient').label, faceRetry.noAttempts, 'nobody waits for a code that is locked');
      const large = buildScene(sampleModels(language, 'large')['staff-check-locked'] as ScreenModel, panel).elements;
      t.equal(element(large, 'title').label, faceRetry.noAttempts);
    }
});

test('in the last seconds the question goes over the whole width, with a way on', async (t) => {
  const model: ScreenModel = { screen: 'consent', language: 'ja', questions: ['surgery'], timeout: { secondsLeft: 18, asking: true } };
  for (const panel of PANELS) {
    const scene = buildScene(model, panel);
    t.ok(element(scene.elements, 'continue').enabled);
    t.match(element(scene.elements, 'asking').label, 'つづけますか');
    t.ok(scene.blocks.some(({ rect, svg }) => rect.width === panel.width && svg.includes(COLOURS.warning)));
  }
});

test('an estimate that ran out says so instead of a frozen zero', async (t) => {
  const late = buildScene({ screen: 'initialising', language: 'ja', waitingFor: ['terminal'] }, PANELS[0]);
  t.equal(element(late.elements, 'remaining').label, '受付との接続を待っています', 'names what is waited for');
  t.match(element(late.elements, 'state-terminal').label, '準備中');
  t.match(element(late.elements, 'state-self-test').label, '完了');
});

test('a link that went away in idle is told with its code and whom to call, not as a start', async (t) => {
  const facility = { name: 'あおぞら医院', contacts: [{ label: '保守窓口', phone: '0120-000-000', hours: '24時間' }] };
  const lost = { screen: 'initialising', language: 'ja', waitingFor: ['terminal'], lost: 'uplink/terminal-lost' } as const;
  const { elements } = buildScene(lost, PANELS[0], facility);
  t.equal(element(elements, 'title').label, '受付とつながるのを 待っています');
  t.match(element(elements, 'code').label, /uplink\/terminal-lost/);
  t.equal(element(elements, 'contact-1').label, '保守窓口  0120-000-000  24時間');
  t.notOk(elements.some(({ id }) => id === 'remaining'));
});

test('every screen that tells a fault says whom to call, also out of service by order', async (t) => {
  const facility = { name: 'あおぞら医院', contacts: [{ label: '保守窓口', phone: '0120-000-000' }] };
  for (const [name, model] of Object.entries(sampleModels('en'))) {
    if (!/^(notice-|out-of-service)/.test(name) || name.startsWith('notice-certificate-expire')) continue;
    const { elements } = buildScene(model, PANELS[0], facility);
    t.match(element(elements, 'contact-1').label, /0120-000-000/, name);
  }
});

test('a banner says that the visit can go on, and once somebody is recognised that the result is sent later', async (t) => {
  const banner = 'uplink/terminal-lost';
  const pin = { screen: 'pin', language: 'en', entered: 0, length: 4, triesLeft: 3, wrong: false, checking: false, banner } as const;
  t.match(element(buildScene(pin, PANELS[0]).elements, 'banner').label, /You can go on\. If it stays down, reception/);
  const consent = { screen: 'consent', language: 'en', questions: ['surgery'], banner } as const;
  t.match(element(buildScene(consent, PANELS[0]).elements, 'banner').label, /result is sent as soon as it is back/);
});

test('text colours keep a contrast of 7:1, the error colour 5.8:1', async (t) => {
  for (const ink of [
    COLOURS.text,
    COLOURS.textSoft,
    COLOURS.primary,
    COLOURS.primaryDark,
    COLOURS.grey,
    COLOURS.success,
    COLOURS.errorDark,
  ]) {
    for (const ground of [COLOURS.surface, COLOURS.page])
      t.ok(contrastOf(ink, ground) >= 7, `${ink} on ${ground}: ${contrastOf(ink, ground).toFixed(1)}`);
  }
  for (const [ink, ground] of [
    [COLOURS.primary, COLOURS.tint],
    [COLOURS.success, COLOURS.successTint],
    [COLOURS.warningDark, COLOURS.warningTint],
    [COLOURS.text, COLOURS.warning],
    [COLOURS.surface, COLOURS.primary],
  ] as const) {
    t.ok(contrastOf(ink, ground) >= 7, `${ink} on ${ground}: ${contrastOf(ink, ground).toFixed(1)}`);
  }
  t.ok(contrastOf(COLOURS.error, COLOURS.surface) >= 5.5);
});

test('white on black: no colour of the light theme is left, and text keeps 7:1', async (t) => {
  const dark = new Set(Object.values(COLOURS).map((colour) => inContrast(`"${colour}"`).slice(1, -1)));
  for (const { name, scene } of scenesOf(PANELS[0], 'ja', 'contrast')) {
    const found = new Set(scene.blocks.flatMap(({ svg, pressed = '' }) => `${svg}${pressed}`.match(/#[0-9a-f]{3,6}\b/g) ?? []));
    const foreign = [...found].filter((colour) => !dark.has(colour));
    if (foreign.length > 0) t.fail(`${name}: ${foreign}`);
  }
  for (const ink of [
    COLOURS.text,
    COLOURS.textSoft,
    COLOURS.grey,
    COLOURS.primary,
    COLOURS.errorDark,
    COLOURS.error,
    COLOURS.success,
    COLOURS.warningDark,
  ]) {
    const shown = inContrast(ink);
    for (const ground of [COLOURS.surface, COLOURS.page, COLOURS.tint, COLOURS.errorTint].map(inContrast))
      t.ok(contrastOf(shown, ground) >= 7, `${shown} on ${ground}: ${contrastOf(shown, ground).toFixed(1)}`);
  }
  t.ok(contrastOf(inContrast(COLOURS.text), inContrast(COLOURS.warning)) >= 7, 'the question of the last seconds');
});

/** What stands in large letters on each screen of a patient: every sentence of every sample. */
const largeScenes = PANELS.flatMap((panel) =>
  LANGUAGES.flatMap((language) =>
    Object.entries(sampleModels(language, 'large')).flatMap(([name, model]) =>
      (largeSentences(model, messagesFor(language)) ?? (model.screen === 'how-to' ? [''] : [])).map((_, sentence) => ({
        name: `${name} ${language} ${panel.width}×${panel.height}, sentence ${sentence + 1}`,
        panel,
        language,
        scene: buildScene({ ...model, sentence }, panel, SAMPLE_FACILITY),
      })),
    ),
  ),
);
/** The kiosk's name above, what is for staff, and the seconds of the ring. */
const NOT_THE_PATIENTS = /^(facility|staff-line|staff-body|code|contact-\d+|countdown)$/;
const SENTENCE = /^(title|hint|body)$/;
/** A second thing that is needed with the sentence: a number. */
const VALUE = /^(number|tries|days|remaining|entered)$/;

test('in large letters one sentence of 58 pixels stands on a screen (40 on a small panel), and no other text but a number', async (t) => {
  const faults = largeScenes.flatMap(({ name, panel, language, scene }) => {
    const smallest = sizesFor(panel).compact ? 40 : 58;
    const told = scene.elements.filter(({ id, role }) => role === 'text' && !NOT_THE_PATIENTS.test(id));
    const sentences = told.filter(({ id }) => SENTENCE.test(id));
    const others = told.filter(({ id }) => !SENTENCE.test(id) && !VALUE.test(id));
    const count = sentences.reduce((sum, { label }) => sum + sentencesOf(label, language).length, 0);
    // A number of days is read out with what it counts, which is drawn before it.
    const drawn = ({ id, label }: SceneElement) => (id === 'days' ? (label.split('  ').at(-1) ?? '') : label);
    const small = told.filter((element) => element.id !== 'entered' && sizeOf(scene, drawn(element)) < smallest);
    return [
      ...(count === 1 ? [] : [`${name}: ${count} sentences`]),
      ...others.map(({ id }) => `${name}: ${id} beside the sentence`),
      ...small.map(({ id, label }) => `${name}: ${id} in ${sizeOf(scene, label)} pixels`),
      ...scene.misfits.map((misfit) => `${name}: does not fit: ${misfit}`),
    ];
  });
  t.ok(largeScenes.length > 3000, `${largeScenes.length} looked at`);
  t.same(faults.slice(0, 40), []);
});

/** The size in which a text is drawn; 0: it is not. */
const sizeOf = (scene: DrawnScene, label: string): number => {
  const wanted = label.replaceAll(/\s/g, '');
  for (const { svg } of scene.blocks) {
    const size = /^<g font-size="(\d+)"/.exec(svg)?.[1];
    const drawn = (svg.match(/<text[^>]*>[^<]*/g) ?? []).map((text) => text.replace(/^<text[^>]*>/, '')).join('');
    if (size !== undefined && drawn.replaceAll(/\s/g, '') === escapeXml(wanted)) return Number(size);
  }
  return 0;
};

test('in large letters nothing of the usual screen is lost: each of its sentences comes, its buttons stay, and all is said aloud', async (t) => {
  // What a picture, a number or the sentence itself says otherwise.
  const otherwise =
    /^(facility|progress|countdown|banner|count|asking|english|attempts|tries|tries-detail|entered|staff-.*|code|contact-.*|recap.*|number|notice.*|days|take-card|waiting.*|state-.*|remaining|hint|what|period|free|after|face-note|pin-note)$/;
  const untold = new Set([
    'technician',
    'how-to',
    'idle',
    'reading-card',
    'sending',
    'splash',
    'shutting-down',
    'initialising',
    'staff-check',
  ]);
  for (const language of LANGUAGES) {
    const large = sampleModels(language, 'large');
    for (const [name, model] of Object.entries(sampleModels(language))) {
      const shown = large[name];
      if (shown === undefined || untold.has(model.screen) || model.timeout?.asking === true || model.choosingLanguage !== undefined)
        continue;
      if (model.screen === 'pin' && model.checking) continue;
      const usual = buildScene(model, PANELS[0]);
      const pages = largeSentences(shown, messagesFor(language)) ?? [];
      const all = pages.join(' ');
      const lost = usual.elements
        .filter(
          ({ id, role, label }) =>
            role === 'text' && !otherwise.test(id) && !(model.screen === 'pin-last-try' && id === 'title') && label !== '',
        )
        .flatMap(({ label }) => sentencesOf(label, language))
        .filter((sentence) => !all.replaceAll(' ', '').includes(sentence.replaceAll(' ', '')));
      if (lost.length > 0 && model.screen !== 'face' && !(model.screen === 'face-retry')) t.fail(`${language} ${name}: ${lost}`);
      const scene = buildScene(shown, PANELS[0]);
      t.equal(scene.speech, usual.speech, `${name}: all is said aloud as usual`);
      const ids = (one: DrawnScene) =>
        buttons(one.elements)
          .map(({ id }) => id)
          .filter((id) => id !== 'next-sentence')
          .sort();
      t.same(ids(scene), ids(usual), `${name}: nothing that can be pressed is lost`);
      const choices = scene.elements.filter(({ id }) => /^(consent|item|method)-/.test(id) && model.screen !== 'face');
      const spread = (lengths: readonly number[]) => (lengths.length === 0 ? 0 : Math.max(...lengths) - Math.min(...lengths));
      t.ok(spread(choices.map(({ rect }) => rect.width)) <= 1, `${name}: choices of one width`);
      t.ok(spread(choices.map(({ rect }) => rect.height)) <= 1, `${name}: choices of one height`);
    }
  }
});

test('in large letters a press brings the next sentence, the last one the first again, and refusing is said to cost nothing', async (t) => {
  for (const language of LANGUAGES) {
    const model = { screen: 'consent', language, mode: 'large', questions: ['surgery'] } as const;
    const pages = largeSentences(model, messagesFor(language)) ?? [];
    const [free = ''] = sentencesOf(messagesFor(language).consent.freeBody, language);
    t.ok(
      pages.some((page) => page.includes(free)),
      `${language}: ${free}`,
    );
    const at = (sentence: number) => buildScene({ ...model, sentence }, PANELS[0]);
    t.equal(element(at(0).elements, 'title').label, pages[0]);
    t.equal(element(at(1).elements, 'title').label, pages[1]);
    t.equal(element(at(pages.length).elements, 'title').label, pages[0]);
    t.match(element(at(0).elements, 'next-sentence').label, `1/${pages.length}`);
  }
});

/** All words a scene draws, without blanks: a word may be broken into lines. */
const drawnWords = (scene: DrawnScene): string =>
  scene.blocks.map(({ svg }) => svg.replaceAll(/<[^>]*>/g, '').replaceAll(/\s/g, '')).join('\n');

test('in large letters a number of days keeps what it counts, as on the usual screen', async (t) => {
  for (const language of LANGUAGES)
    for (const panel of PANELS)
      for (const code of ['certificate/expired-in-grace', 'certificate/expires-soon'] as const) {
        const model = { screen: 'notice', language, code, days: 45, choices: ['continue'] } as const;
        const usual = buildScene({ ...model, mode: 'standard' }, panel, SAMPLE_FACILITY);
        const large = buildScene({ ...model, mode: 'large' }, panel, SAMPLE_FACILITY);
        t.equal(element(large.elements, 'days').label, element(usual.elements, 'days').label, `${language} ${code}`);
        const { notice } = messagesFor(language);
        const name = code === 'certificate/expires-soon' ? notice.expiresIn : notice.graceLeft;
        t.match(drawnWords(large), escapeXml(name).replaceAll(/\s/g, ''), `${language} ${code} ${panel.width}: drawn too`);
        t.same(large.misfits, [], `${language} ${code} ${panel.width}`);
      }
});

test('in large letters what is shared stands beside the first offer to agree to it', async (t) => {
  for (const language of LANGUAGES) {
    const { consent } = messagesFor(language);
    const { elements } = buildScene({ screen: 'consent', language, mode: 'large', questions: ['surgery', 'checkup'] }, PANELS[0]);
    element(elements, 'consent-all');
    const { label } = element(elements, 'title');
    for (const question of ['surgery', 'checkup'] as const) t.match(label, consent.questions[question], `${language}: ${question}`);
  }
});

test('in large letters the words for the card on the tray stand on every page of the end, and none when it is gone', async (t) => {
  for (const language of LANGUAGES)
    for (const panel of PANELS) {
      const { takeCard } = messagesFor(language).done;
      const words = takeCard.replaceAll(/\s/g, '');
      const model = { screen: 'done', language, mode: 'large', checkIn: 'checked-in', number: 'A-128', shared: [] } as const;
      for (const sentence of [0, 1]) {
        const scene = buildScene({ ...model, sentence }, panel);
        t.match(drawnWords(scene), words, `${language} ${panel.width}, page ${sentence + 1}`);
        t.equal(element(scene.elements, 'illustration').label, takeCard);
        t.same(scene.misfits, [], `${language} ${panel.width}`);
      }
      t.notMatch(drawnWords(buildScene({ ...model, cardTaken: true }, panel)), words, `${language}: taken`);
    }
});

test('the way to the next large sentence is written in words on every panel', async (t) => {
  for (const language of LANGUAGES)
    for (const panel of PANELS) {
      const model = { screen: 'consent-items', language, mode: 'large', question: 'surgery', index: 0, count: 2 } as const;
      const scene = buildScene({ ...model, timeout: { secondsLeft: 54, asking: false } }, panel);
      const drawn = scene.blocks.find(({ id }) => id === 'next-sentence')?.svg ?? '';
      const { readOn } = messagesFor(language).footer;
      t.match(drawn.replaceAll(/<[^>]*>/g, '').replaceAll(/\s/g, ''), readOn.replaceAll(/\s/g, ''), `${language} ${panel.width}`);
    }
});

test('what a card that is not read asks for names the card: in large letters it is the first sentence, alone', async (t) => {
  const CARD = { ja: 'カード', en: 'card', 'zh-Hans': '卡片', ko: '카드', vi: 'thẻ', 'ja-simple': 'カード' } as const;
  for (const language of LANGUAGES) {
    const model = { screen: 'notice', language, mode: 'large', code: 'card/not-recognised', choices: [] } as const;
    t.match(element(buildScene(model, PANELS[0]).elements, 'title').label, CARD[language], language);
  }
});

/** What a button draws: its lines and the size of its letters. */
const lettersOf = (scene: DrawnScene, id: string): { size: number; lines: number } => {
  const svg = scene.blocks.find((block) => block.id === id)?.svg ?? '';
  return { size: Number(/font-size="(\d+)"/.exec(svg)?.[1] ?? 0), lines: svg.match(/<text/g)?.length ?? 0 };
};

test('on a small panel no mode takes three lines, and the chosen language is written about as large as its neighbours', async (t) => {
  const panel = { width: 800, height: 480 };
  for (const language of LANGUAGES) {
    const scene = buildScene({ screen: 'idle', language, mode: 'standard', languages: LANGUAGES }, panel);
    for (const id of ['mode-large', 'mode-contrast']) t.ok(lettersOf(scene, id).lines <= 2, `${language} ${id}`);
    const other = buildScene({ screen: 'idle', language: language === 'ja' ? 'en' : 'ja', mode: 'standard', languages: LANGUAGES }, panel);
    const [chosen, usual] = [lettersOf(scene, `language-${language}`).size, lettersOf(other, `language-${language}`).size];
    t.ok(chosen >= usual * 0.7, `${language}: ${chosen} beside ${usual}`);
  }
});

test('on a tall panel a long name of the facility stays readable, a notice keeps its picture beside its words, and short answers one line', async (t) => {
  const panel = { width: 800, height: 1280 };
  const facility = { ...SAMPLE_FACILITY, name: '医療法人社団かざし会中央総合病院附属診療所'.slice(0, 20) };
  for (const language of LANGUAGES) {
    const items = { screen: 'consent-items', language, question: 'surgery', index: 0, count: 2 } as const;
    const asked = buildScene(items, panel, facility);
    t.ok(sizeOf(asked, facility.name) >= 14, `${language}: ${sizeOf(asked, facility.name)} pixels`);
    t.same(asked.misfits, [], language);
    for (const id of ['item-yes', 'item-no', 'back', 'cancel']) t.equal(lettersOf(asked, id).lines, 1, `${language} ${id}`);
    t.equal(lettersOf(asked, 'item-yes').size, lettersOf(asked, 'item-no').size, `${language}: neither answer is larger`);
    const notice = buildScene({ screen: 'notice', language, code: 'card/not-recognised', choices: ['continue'] }, panel, facility);
    const title = element(notice.elements, 'title').rect;
    const picture = notice.blocks.find(({ svg }) => svg.startsWith('<circle'))?.rect;
    t.ok(picture !== undefined && title.y - (picture.y + picture.height) < 60, `${language}: the picture right above the title`);
  }
});

/** Every text of a language: functions by what they answer to 2 and 4. */
const everyText = (of: unknown): string[] => {
  if (typeof of === 'string') return [of];
  if (typeof of === 'function') return [String(of(2, 4))];
  return typeof of === 'object' && of !== null ? Object.values(of).flatMap(everyText) : [];
};

test('one place has one name: in Chinese the desk is 前台 and 窗口 the city office, and no panel repeats the title above it', async (t) => {
  const { staffCheck, notice, failures, ...chinese } = messagesFor('zh-Hans');
  const told = Object.values(failures).flatMap(({ title, patient, action }) => [title, patient, action]);
  const texts = [...everyText(chinese), staffCheck.patient, staffCheck.asked, staffCheck.speech, ...told];
  t.same(
    texts.filter((text) => /接待/.test(text) || /(?<!市区町村)窗口(?!（)/.test(text)),
    [],
  );
  t.notMatch(chinese.pin.body, '、', 'a comma that is not Chinese');
  t.ok(texts.length > 200, `${texts.length} looked at`);
  for (const language of LANGUAGES) {
    const { initialising } = messagesFor(language);
    t.not(initialising.waiting, initialising.title, language);
  }
});

test('plain words: Vietnamese says once that days are left, and easy Japanese refuses politely', async (t) => {
  const { graceLeft, expiresIn, daysLeft } = messagesFor('vi').notice;
  for (const name of [graceLeft, expiresIn]) t.equal(`${name} ${daysLeft(62)}`.match(/còn/g)?.length, 1, name);
  t.same(
    everyText(messagesFor('ja-simple')).filter((text) => text.includes('いや')),
    [],
  );
});

test('the last page of the self-test leads to the first in words, and a title is parted from its page by a mark', async (t) => {
  for (const [language, next, first, title] of [
    ['ja', /^つぎへ 1\/2$/, /^最初のページへ 2\/2$/, '保守：自己診断'],
    ['en', /^Next 1\/2$/, /^First page 2\/2$/, 'Maintenance: Self-test'],
  ] as const) {
    const model = sampleModels(language)['technician-self-test'];
    if (model?.screen !== 'technician' || model.page !== 'self-test') throw new Error('no sample');
    const at = (page: number) => buildScene({ ...model, at: page }, PANELS[0]).elements;
    t.match(element(at(0), 'technician-more').label, next);
    t.match(element(at(1), 'technician-more').label, first);
    t.equal(element(at(0), 'title').label, title);
  }
});

test('white on black a key that cannot be pressed is far dimmer than one that can', async (t) => {
  const model = { screen: 'pin', language: 'ja', mode: 'contrast', length: 4, triesLeft: 3, wrong: false, checking: false } as const;
  const inkOf = (entered: number): string => {
    const svg = buildScene({ ...model, entered }, PANELS[0]).blocks.find(({ id }) => id === 'key-enter')?.svg ?? '';
    return /<g [^>]*fill="(#[0-9a-f]{6})"/.exec(svg)?.[1] ?? '';
  };
  const [off, on] = [contrastOf(inkOf(1), '#000000'), contrastOf(inkOf(4), inkOf(4) === '#000000' ? '#ffd43d' : '#000000')];
  t.ok(off < 4.6 && off > 3, `${inkOf(1)}: ${off.toFixed(1)}`);
  t.ok(on >= 7, `${inkOf(4)}: ${on.toFixed(1)}`);
});

test('in the last seconds large letters ask their question alone: no choice stands beside another question', async (t) => {
  const { elements } = buildScene(
    { screen: 'consent', language: 'ja', mode: 'large', questions: ['surgery'], timeout: { secondsLeft: 18, asking: true } },
    PANELS[0],
  );
  t.match(element(elements, 'title').label, 'つづけますか');
  t.match(element(elements, 'countdown').label, '18');
  t.same(
    buttons(elements)
      .map(({ id }) => id)
      .filter((id) => !['repeat-speech', 'choose-language'].includes(id)),
    ['continue', 'cancel'],
  );
});

test('a mode that is on keeps its name, ticked and filled, and is read out as on', async (t) => {
  for (const language of LANGUAGES) {
    const { modes } = messagesFor(language);
    const { elements, blocks } = buildScene({ screen: 'idle', language, mode: 'large', languages: LANGUAGES }, PANELS[0]);
    t.equal(element(elements, 'mode-standard').label, modes.on(modes.large), language);
    const drawn = blocks.find(({ id }) => id === 'mode-standard')?.svg ?? '';
    t.match(drawn.replaceAll(/<[^>]*>/g, '').replaceAll(/\s/g, ''), modes.large.replaceAll(/\s/g, ''), 'the name stands there');
    t.match(drawn, `fill="${COLOURS.primary}"`, 'filled');
    t.equal(element(elements, 'mode-contrast').label, modes.contrast);
  }
});

test('the lamps of the alarm are full or hollow, and each has 3:1 to its ground in every mode', async (t) => {
  for (const mode of ['standard', 'contrast'] as const) {
    for (const alarm of [1, 2, 3] as const) {
      const { blocks } = buildScene({ screen: 'take-card', language: 'ja', mode, alarm }, PANELS[0]);
      const lamps = blocks.flatMap(({ svg }) => svg.match(/^<rect [^>]*rx="13" fill="(#\w+)" stroke="(#\w+)"/)?.slice(1, 3) ?? []);
      t.equal(lamps.length, 6, 'three lamps');
      const ground = mode === 'contrast' ? inContrast(COLOURS.page) : COLOURS.page;
      for (let lamp = 0; lamp < 3; lamp += 1) {
        const [fill = '', border = ''] = lamps.slice(lamp * 2);
        t.equal(fill === border, lamp < alarm, `${mode}: lamp ${lamp + 1} of ${alarm}`);
        t.ok(contrastOf(border, ground) >= 3, `${mode}: ${border} on ${ground}`);
      }
    }
  }
});

test('keys stand 13 pixels apart on every panel', async (t) => {
  for (const panel of PANELS) {
    const { elements } = buildScene(
      { screen: 'pin', language: 'ja', entered: 0, length: 4, triesLeft: 3, wrong: false, checking: false },
      panel,
    );
    const [one, two, four] = ['key-1', 'key-2', 'key-4'].map((id) => element(elements, id).rect);
    if (one === undefined || two === undefined || four === undefined) throw new Error('no keys');
    t.ok(two.x - one.x - one.width >= 12, `${panel.width}×${panel.height}: ${two.x - one.x - one.width} beside`);
    t.ok(four.y - one.y - one.height >= 12, `${panel.width}×${panel.height}: ${four.y - one.y - one.height} below`);
  }
});

test('「音声を聞く」 stands only where something is heard: no button answers with silence', async (t) => {
  for (const language of LANGUAGES) {
    const { elements } = buildScene({ screen: 'consent', language, questions: ['surgery'] }, PANELS[0]);
    const offered = elements.some(({ id }) => id === 'repeat-speech');
    t.equal(offered, SPOKEN_LANGUAGES.includes(language), language);
  }
});

test('the self-test is read on pages: every part once, in letters of the body, in words and local time', async (t) => {
  for (const panel of PANELS)
    for (const language of ['ja', 'en'] as const) {
      const model = sampleModels(language)['technician-self-test'];
      if (model?.screen !== 'technician' || model.page !== 'self-test') throw new Error('no sample');
      const seen: string[] = [];
      for (let at = 0; at < 9; at += 1) {
        const scene = buildScene({ ...model, at }, panel);
        const parts = scene.elements.filter(({ id }) => id.startsWith('part-'));
        if (seen.includes(parts[0]?.id ?? '')) break;
        seen.push(...parts.map(({ id }) => id));
        const least = sizesFor(panel).compact ? 15 : 20;
        for (const { id, label } of scene.elements.filter(({ id }) => /^(part|fact)-/.test(id))) {
          t.ok(sizeOf(scene, label) >= least, `${panel.width}×${panel.height} ${id}: ${sizeOf(scene, label)} pixels`);
          t.notMatch(label, /\dT\d\d:|0x|allows all/, `${id} in words`);
        }
      }
      t.equal(seen.length, model.parts.length, `${panel.width}×${panel.height} ${language}`);
    }
});

test('a screen that is only read counts down where it can be seen, and says what follows', (t) => {
  const timeout = { secondsLeft: 7, asking: false };
  for (const panel of PANELS) {
    for (const language of LANGUAGES) {
      for (const mode of ['standard', 'large'] as const) {
        const { footer } = messagesFor(language);
        const said = (words: string): string => words.replaceAll('\n', ' ');
        const countdownOf = (model: ScreenModel): string => said(element(buildScene(model, panel).elements, 'countdown').label);
        const common = { language, mode, timeout };
        const kind = { ...common, screen: 'notice', code: 'certificate/expires-soon', days: 40, choices: ['continue'] } as const;
        const failed = { ...common, screen: 'notice', code: 'card/transit', choices: ['continue'] } as const;
        const done = { ...common, screen: 'done', checkIn: 'checked-in', shared: [], number: '12' } as const;
        for (const model of [kind, failed, done]) {
          t.equal(countdownOf(model), said(footer.secondsToNext(7)), `${model.screen} ${language} ${mode} ${panel.width}`);
        }
        const barred = { ...common, mode: 'large', screen: 'notice', code: 'pin/blocked', choices: ['face', 'staff'] } as const;
        t.equal(countdownOf(barred), said(footer.secondsLeft(7)), 'a question left unanswered ends the visit');
      }
    }
  }
  t.end();
});
