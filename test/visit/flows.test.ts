import { test } from 'tap';
import { KioskFailure } from '../../src/core/failure.ts';
import { LANGUAGES } from '../../src/core/screens.ts';
import { type CardScript, createWorld, type WorldOptions } from './world.ts';

test('a patient is checked in by face, told what was shared, and idle returns when the card is taken', async (t) => {
  const world = createWorld();
  await world.open();
  t.equal(world.screen, 'idle');
  await world.place();
  t.same(world.shown('choose-method').methods, ['face', 'pin', 'staff']);
  await world.press('method-face');
  t.same(world.shown('consent').questions, ['diagnosis-medication', 'checkup', 'specific-disease'], 'operations are asked apart');
  await world.press('consent-all');
  t.match(world.shown('consent-items'), { question: 'surgery', index: 0, count: 1 });
  await world.press('item-no');
  t.match(world.shown('done'), {
    checkIn: 'checked-in',
    shared: [
      { question: 'diagnosis-medication', given: true },
      { question: 'surgery', given: false },
      { question: 'checkup', given: true },
      { question: 'specific-disease', given: true },
    ],
  });
  t.same(world.card.delivered, [
    {
      visitId: 'visit-1',
      method: 'face',
      language: 'ja',
      consent: { SRJ: true, YZK: true, SHJ: false, TKK: true, TSR: true },
      certificate: 'valid',
    },
  ]);
  t.equal(world.card.closed, 1);
  await world.take();
  await world.pass(11);
  t.equal(world.screen, 'idle');
  t.same(world.sounds, ['card-detected', 'accepted', 'accepted']);
});

test('a certificate that allows nothing ends the visit with its own notice and nothing is sent', async (t) => {
  for (const [state, code] of [
    ['expired', 'certificate/expired'],
    ['revoked', 'certificate/revoked'],
    ['not-yet-valid', 'certificate/not-yet-valid'],
    ['untrusted', 'card/untrusted'],
    ['tampered', 'card/tampered'],
  ] as const) {
    const world = createWorld();
    await world.open();
    await world.place({ summary: { certificate: { state } } });
    t.equal(world.shown('notice').code, code);
    t.equal(world.card.closed, 1);
    await world.pass(9);
    t.equal(world.screen, 'notice', 'an error stays at least ten seconds');
    await world.pass(2);
    t.match(world.shown('take-card'), { after: code, alarm: 0 });
    t.same(world.card.delivered, []);
  }
});

test('a card that cannot be read says why for its ten seconds, also to who snatches the card away', async (t) => {
  for (const code of [
    'card/driving-licence',
    'card/transit',
    'card/phone',
    'card/not-my-number',
    'card/not-recognised',
    'card/tampered',
    'card/several',
  ] as const) {
    const world = createWorld();
    await world.open();
    await world.place({ read: new KioskFailure(code) });
    t.match(world.shown('notice'), { code, choices: ['continue'] });
    await world.pass(1);
    await world.take();
    await world.pass(8);
    t.match(world.shown('notice'), { code }, 'the card is gone, the words are not');
    await world.pass(2);
    t.equal(world.screen, 'idle');
    t.notOk(world.sounds.includes('alarm-1'));
  }
  for (const how of ['press', 'card'] as const) {
    const world = createWorld();
    await world.open();
    await world.place({ read: new KioskFailure('card/transit') });
    await world.take();
    if (how === 'press') await world.press('continue');
    else await world.place();
    t.equal(world.screen, how === 'press' ? 'idle' : 'choose-method', 'a press or another card ends it sooner');
  }
  const world = createWorld();
  await world.open();
  await world.place({ read: new Error('a cable') });
  t.equal(world.shown('notice').code, 'card/read-failed', 'anything unknown is a failed reading');
});

test('a certificate near its end gets a kind word before the visit and in the recap', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place({ summary: { certificate: { state: 'expires-soon', days: 40 } } });
  t.match(world.shown('notice'), { code: 'certificate/expires-soon', days: 40, choices: ['continue'], timeout: { asking: false } });
  await world.pass(11);
  t.equal(world.screen, 'choose-method', 'the visit goes on by itself');
  await world.press('method-face');
  t.equal(world.shown('done').notice, 'certificate/expires-soon');
});

test('in the grace after expiry only eligibility is checked and the patient is told why', async (t) => {
  const world = createWorld({ settings: { askPrescription: true } });
  await world.open();
  await world.place({ summary: { certificate: { state: 'expired-in-grace', days: 12 } } });
  t.match(world.shown('notice'), { code: 'certificate/expired-in-grace', days: 12 });
  await world.key('enter');
  await world.press('method-face');
  t.match(world.shown('done'), { notice: 'certificate/expired-in-grace', shared: [] });
  t.match(world.card.delivered, [{ certificate: 'expired-in-grace', consent: {} }]);
});

test('only ways that can succeed are offered', async (t) => {
  const cases: readonly [CardScript['summary'], WorldOptions['settings'], readonly string[] | string][] = [
    [{ photo: 'blocked' }, {}, ['pin', 'staff']],
    [{ photo: 'unreadable' }, {}, ['pin', 'staff']],
    [{ hasPin: false }, {}, ['face', 'staff']],
    [{ pinTriesLeft: 0 }, {}, ['face', 'staff']],
    [{}, { staffCheck: false }, ['face', 'pin']],
    [{}, { methods: ['pin'] }, ['pin']],
    [{ pinTriesLeft: 0, photo: 'blocked' }, { staffCheck: false }, 'pin/only-way-blocked'],
    [{ pinTriesLeft: 0 }, { methods: ['pin'] }, 'pin/only-way-blocked'],
    [{ hasPin: false, photo: 'blocked' }, { staffCheck: false }, 'code/blocked'],
    [{ hasPin: false, photo: 'blocked', photoFailure: 'code/too-few-tries' }, { staffCheck: false }, 'code/too-few-tries'],
    [{ hasPin: false, photo: 'blocked', photoFailure: 'code/wrong' }, { staffCheck: false }, 'code/wrong'],
    [{ photo: 'no-models' }, {}, ['pin', 'staff']],
    [{ hasPin: false, photo: 'unreadable' }, { staffCheck: false }, 'face/photo-unreadable'],
    [{ hasPin: false, photo: 'no-models' }, { staffCheck: false }, 'model/unavailable'],
    [{ hasPin: false }, { methods: ['pin'] }, 'pin/not-set'],
  ];
  for (const [summary, settings, expected] of cases) {
    const world = createWorld({ settings: settings ?? {} });
    await world.open();
    await world.place({ summary: summary ?? {} });
    if (typeof expected === 'string') t.equal(world.shown('notice').code, expected);
    else t.same(world.shown('choose-method').methods, expected);
  }
});

test('a patient is told why the face is not offered, and whose fault it is', async (t) => {
  const cases: readonly [CardScript['summary'], WorldOptions['settings'], string | undefined][] = [
    [{ photo: 'unreadable' }, {}, 'photo'],
    [{ photo: 'blocked' }, {}, 'photo-locked'],
    [{ photo: 'blocked', photoFailure: 'code/too-few-tries' }, {}, 'photo'],
    [{ photo: 'blocked', photoFailure: 'code/wrong' }, {}, 'photo'],
    [{ photo: 'no-models' }, {}, 'kiosk'],
    [{ photo: 'ready' }, {}, undefined],
    [{ photo: 'unreadable' }, { methods: ['pin', 'staff'] }, undefined],
  ];
  for (const [summary, settings, reason] of cases) {
    const world = createWorld({ settings: settings ?? {} });
    await world.open();
    await world.place({ summary: summary ?? {} });
    t.equal(world.shown('choose-method').faceClosed, reason, JSON.stringify([summary, settings]));
  }
});

test('hints reach the screen while the camera looks', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ faces: ['hang'] });
  await world.press('method-face');
  t.same(world.shown('face').methods, ['pin', 'staff']);
  t.notOk(world.shown('face').timeout, 'no countdown while the camera works');
  world.card.hint('dark');
  t.equal(world.shown('face').hint, 'dark');
  world.card.hint('off-centre', { direction: 'left' });
  t.match(world.shown('face'), { hint: 'off-centre', direction: 'left' });
  world.card.hint();
  t.notMatch(world.shown('face'), { hint: String }, 'an earlier hint is gone');
  t.notOk(world.shown('face').direction);
  world.card.hint(undefined, { task: 'blink' });
  t.equal(world.shown('face').task, 'blink');
  await world.press('method-pin');
  t.equal(world.screen, 'pin');
  t.ok(world.card.faceAborted, 'the camera is let go');
  world.card.hint('dark');
  t.equal(world.screen, 'pin', 'a late hint changes nothing');
});

test('a face that fails says why at the same step, and after the last attempt only other ways are left', async (t) => {
  const world = createWorld();
  await world.open();
  const failed = (reason: 'dark' | 'no-match' | 'turned') => ({ outcome: 'failed', reason }) as const;
  await world.place({ faces: [failed('dark'), failed('turned'), failed('no-match')] });
  await world.press('method-face');
  t.match(world.shown('face-retry'), { reason: 'dark', attemptsLeft: 2, methods: ['face', 'pin', 'staff'] });
  await world.press('retry');
  t.match(world.shown('face-retry'), { reason: 'turned', attemptsLeft: 1 });
  await world.key('enter');
  t.match(world.shown('face-retry'), { reason: 'no-match', attemptsLeft: 0, methods: ['pin', 'staff'] });
  await world.press('retry');
  t.equal(world.screen, 'face-retry', 'no further attempt');
  await world.press('back');
  t.same(world.shown('choose-method').methods, ['pin', 'staff']);
});

test('when the face was the only way, the last failed attempt ends the visit with its reason', async (t) => {
  const world = createWorld({ settings: { methods: ['face'], faceAttempts: 1 } });
  await world.open();
  await world.place({ faces: [{ outcome: 'failed', reason: 'not-live' }] });
  await world.press('method-face');
  t.equal(world.shown('notice').code, 'face/not-live');
});

test('a camera that watches too long counts as an attempt with the last hint as reason', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ faces: ['hang'] });
  await world.press('method-face');
  world.card.hint('too-far');
  await world.pass(31);
  t.match(world.shown('face-retry'), { reason: 'too-far', attemptsLeft: 2 });
  t.ok(world.card.faceAborted);
});

test('a camera that fails costs no attempt; an unusable photo or model takes the face away; a lost card ends the visit', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ faces: [new KioskFailure('camera/unavailable'), { outcome: 'failed', reason: 'camera' }] });
  await world.press('method-face');
  t.match(world.shown('face-retry'), { reason: 'camera', attemptsLeft: 3, methods: ['face', 'pin', 'staff'] });
  await world.press('retry');
  t.match(world.shown('face-retry'), { reason: 'camera', attemptsLeft: 3 });
  for (const [code, reason] of [
    ['face/photo-unreadable', 'photo'],
    ['model/corrupt', 'kiosk'],
  ] as const) {
    await world.place({ faces: [new KioskFailure(code)] });
    await world.press('method-face');
    t.match(world.shown('choose-method'), { methods: ['pin', 'staff'], faceClosed: reason });
  }
  await world.place({ faces: [new KioskFailure('card/removed')] });
  await world.press('method-face');
  t.equal(world.shown('notice').code, 'card/removed');
});

test('a right PIN is accepted from the panel and from the keypad, and only the count of digits is known', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place();
  await world.press('method-pin', 'key-1', 'key-2', 'key-9');
  t.match(world.shown('pin'), { entered: 3, triesLeft: 3, wrong: false, checking: false });
  await world.press('key-backspace');
  await world.key('enter');
  t.equal(world.shown('pin').entered, 2, 'two digits are not checked');
  await world.press('key-clear');
  t.same(world.pad.digits, []);
  await world.type('12345');
  t.same(world.pad.digits, [1, 2, 3, 4], 'a fifth digit is not taken');
  await world.key('enter');
  t.equal(world.screen, 'done');
  t.match(world.card.delivered, [{ method: 'pin' }]);
  t.equal(world.sounds.filter((tone) => tone === 'key').length, 7);
});

test('a wrong PIN shows the tries left, the last try is confirmed first, and a locked PIN leaves the other ways', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.press('method-pin');
  await world.type('0000');
  await world.key('enter');
  t.match(world.shown('pin'), { entered: 0, triesLeft: 2, wrong: true });
  await world.type('0');
  t.equal(world.shown('pin').wrong, false);
  await world.type('000');
  await world.key('enter');
  t.equal(world.screen, 'pin-last-try');
  await world.key('enter');
  t.equal(world.screen, 'pin-last-try', 'the enter key does not spend the last try');
  await world.press('back', 'method-pin');
  t.equal(world.screen, 'pin-last-try', 'nor does a detour');
  await world.press('continue');
  t.match(world.shown('pin'), { entered: 0, triesLeft: 1 });
  await world.type('0000');
  await world.key('enter');
  t.match(world.shown('notice'), { code: 'pin/blocked', choices: ['face', 'staff'] });
  t.same(world.card.confirmations, [false, false, true]);
  t.same(world.card.delivered, []);
  await world.press('continue');
  t.same(world.shown('choose-method').methods, ['face', 'staff']);
});

test('a PIN that locks with no other way left ends the visit', async (t) => {
  const world = createWorld({ settings: { methods: ['pin'] } });
  await world.open();
  await world.place({ summary: { pinTriesLeft: 1 } });
  await world.press('method-pin', 'continue');
  await world.type('0000');
  await world.key('enter');
  t.equal(world.shown('notice').code, 'pin/only-way-blocked', 'no word of another way');
  t.equal(world.visit.phase, 'ended.notice');
});

test('a card that fails while it checks the PIN ends the visit with the reason', async (t) => {
  const world = createWorld();
  await world.open();
  const enter = async (pinAnswer: Error | 'hang') => {
    await world.place({ pinAnswer });
    await world.press('method-pin');
    await world.type('1234');
    await world.key('enter');
  };
  await enter(new KioskFailure('reader/protocol'));
  t.equal(world.shown('notice').code, 'reader/protocol');
  await enter(new KioskFailure('pin/blocked'));
  t.equal(world.visit.phase, 'visit.identify.barred');
  await enter('hang');
  t.match(world.shown('pin'), { checking: true });
  t.notOk(world.shown('pin').timeout, 'the countdown pauses while the card works');
  await world.pass(11);
  t.equal(world.shown('notice').code, 'card/read-failed');
});

test('staff vouch with the passcode, and five wrong ones lock that way for this visit only', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place();
  await world.press('method-staff');
  for (let wrong = 1; wrong <= 4; wrong += 1) {
    await world.type('0000');
    await world.key('enter');
    t.match(world.shown('staff-check'), { wrong: true, locked: false, entered: 0 });
  }
  await world.type('0000');
  await world.key('enter');
  t.match(world.shown('staff-check'), { locked: true });
  await world.type('9876');
  await world.key('enter');
  t.equal(world.screen, 'staff-check', 'even the right one no longer counts');
  await world.press('back');
  t.same(world.shown('choose-method').methods, ['face', 'pin']);
  await world.place();
  await world.press('method-staff');
  await world.type('98');
  await world.key('backspace');
  await world.type('876');
  await world.key('enter');
  t.match(world.card.delivered, [{ method: 'staff' }]);
});

test('reception is asked to look as soon as staff are wanted, with the reason, and the screen says so only once it was heard', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.press('method-staff');
  t.same(world.card.asked, ['chosen']);
  t.match(world.shown('staff-check'), { receptionAsked: true });
  await world.type('98');
  t.same(world.card.asked, ['chosen'], 'typing does not ask again');
  await world.press('back', 'method-staff');
  t.same(world.card.asked, ['chosen', 'chosen'], 'whoever comes back asks again');
  await world.pass(100);
  t.equal(world.screen, 'staff-check', 'staff may need longer than a press');
  await world.pass(30);
  t.equal(world.screen, 'take-card');

  const failed = createWorld();
  await failed.open();
  await failed.place({ faces: [{ outcome: 'failed', reason: 'back-lit' }], reception: new Error('deaf') });
  await failed.press('method-face');
  await failed.settle();
  await failed.press('method-staff');
  await failed.settle();
  t.same(failed.card.asked, ['back-lit']);
  t.notOk(failed.shown('staff-check').receptionAsked, 'nothing is claimed that did not happen');
  await failed.type('9876');
  await failed.key('enter');
  await failed.press('consent-none');
  t.match(failed.card.delivered, [{ method: 'staff' }], 'the passcode works all the same');
});

test('staff approve from the terminal, for this visit and no other', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.press('method-staff');
  await world.send({ type: 'COMMAND', command: 'approve-visual' });
  await world.send({ type: 'COMMAND', command: 'approve-visual', visitId: 'visit-0' });
  t.equal(world.screen, 'staff-check');
  await world.send({ type: 'COMMAND', command: 'approve-visual', visitId: 'visit-1' });
  t.equal(world.screen, 'consent');
  t.ok(
    world.lines.some((line) => line.includes('visit.approved-from-terminal') && line.includes('visit-1')),
    'for the audit',
  );
  const closed = createWorld({ settings: { staffCheck: false } });
  await closed.open();
  await closed.place();
  await closed.send({ type: 'COMMAND', command: 'approve-visual', visitId: 'visit-1' });
  t.equal(closed.screen, 'choose-method', 'a facility without the staff check takes no approval');
});

test('refusing everything costs nothing', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place();
  await world.press('method-face', 'consent-none');
  t.equal(world.shown('done').checkIn, 'checked-in');
  t.match(world.card.delivered, [{ consent: { SRJ: false, YZK: false, SHJ: false, TKK: false, TSR: false } }]);
});

test('questions one by one: back returns to the one before, an answer can be changed', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ summary: { ageYears: 39 } });
  await world.press('method-face', 'consent-choose');
  t.match(world.shown('consent-items'), { question: 'diagnosis-medication', index: 0, count: 3 }, 'no checkup before the age of 40');
  await world.press('back');
  t.equal(world.screen, 'consent');
  await world.press('consent-choose', 'item-yes', 'back', 'item-no', 'item-yes');
  t.match(world.shown('consent-items'), { question: 'specific-disease', index: 2 });
  await world.key('enter');
  t.equal(world.screen, 'consent-items', 'the enter key answers nothing');
  await world.press('item-no');
  t.match(world.card.delivered, [{ consent: { SRJ: false, YZK: false, SHJ: true, TSR: false } }]);
  t.notOk('TKK' in (world.card.delivered[0]?.consent ?? {}));
});

test('an unknown age is not asked about checkups, and operations alone are asked without a bundle', async (t) => {
  const world = createWorld({ settings: { consentQuestions: ['checkup', 'surgery'] } });
  await world.open();
  await world.place({ summary: { ageYears: undefined } as unknown as { ageYears: number } });
  await world.press('method-face');
  t.match(world.shown('consent-items'), { question: 'surgery', count: 1 });
  await world.press('back');
  t.equal(world.screen, 'consent-items', 'there is nothing to go back to');
  await world.press('item-yes');
  t.match(world.card.delivered, [{ consent: { SHJ: true } }]);
});

test('the prescription is asked only where the facility asks for it', async (t) => {
  for (const kind of ['electronic', 'paper'] as const) {
    const world = createWorld({ settings: { askPrescription: true, consentQuestions: ['diagnosis-medication'] } });
    await world.open();
    await world.place();
    await world.press('method-face', 'consent-all');
    t.equal(world.screen, 'prescription');
    await world.press('back');
    t.equal(world.screen, 'consent');
    await world.press('consent-none', `prescription-${kind}`);
    t.match(world.card.delivered, [{ prescription: kind, consent: { SRJ: false, YZK: false } }]);
  }
});

test('the terminal has the last word about the check-in', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place({ delivery: { outcome: 'accepted', checkIn: 'see-reception', number: '17' } });
  await world.press('method-face');
  t.match(world.shown('done'), { checkIn: 'see-reception', number: '17', shared: [] });
  await world.place({ delivery: { outcome: 'rejected', code: 'uplink/rejected' } });
  await world.press('method-face');
  t.equal(world.shown('notice').code, 'uplink/rejected');
  await world.place({ delivery: { outcome: 'stored' } });
  await world.press('method-face');
  t.equal(world.shown('done').checkIn, 'stored');
  await world.place({ delivery: new KioskFailure('uplink/outbox-full') });
  await world.press('method-face');
  t.equal(world.shown('notice').code, 'uplink/outbox-full');
});

test('another language can be chosen in the middle of a visit, and the step is still the same', async (t) => {
  const world = createWorld({ settings: { languages: ['ja', 'en'] } });
  await world.open();
  await world.place();
  await world.press('method-pin', 'key-1', 'key-2', 'choose-language');
  t.match(world.shown('pin'), { entered: 2, choosingLanguage: ['ja', 'en'] });
  await world.press('choose-language');
  t.notOk('choosingLanguage' in world.shown('pin'), 'closed again');
  await world.press('choose-language', 'language-en');
  t.match(world.shown('pin'), { entered: 2, language: 'en' });
  t.notOk('choosingLanguage' in world.shown('pin'));
  await world.press('choose-language', 'cancel');
  t.notOk('choosingLanguage' in world.shown('take-card'), 'a visit that has ended asks nothing');
});

test('the language a patient chose is kept through the visit and gone after it', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.press('language-en');
  t.equal(world.visit.screen.language, 'en');
  await world.place();
  await world.press('language-ja', 'language-en', 'method-face');
  t.match(world.card.delivered, [{ language: 'en' }]);
  t.equal(world.shown('done').language, 'en');
  await world.take();
  await world.pass(11);
  t.match(world.shown('idle'), { language: 'ja', languages: ['ja', 'en'] });
  await world.press('language-en', 'help');
  t.match(world.shown('how-to'), { language: 'en' });
  await world.press('back', 'help');
  await world.pass(21);
  t.equal(world.shown('idle').language, 'en', 'who chose a language and watched to the end keeps it');
  await world.pass(61);
  t.equal(world.shown('idle').language, 'ja', 'nobody stayed');
});

test('large letters and white on black are chosen on the idle screen, kept through the visit and gone after it', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  t.equal(world.visit.screen.mode, undefined);
  await world.press('mode-contrast');
  t.equal(world.shown('idle').mode, 'contrast');
  await world.press('mode-large', 'language-en');
  t.match(world.shown('idle'), { mode: 'large', language: 'en' });
  await world.place();
  t.equal(world.shown('choose-method').mode, 'large');
  await world.press('mode-standard');
  t.equal(world.shown('choose-method').mode, 'large', 'only the idle screen offers it');
  await world.press('method-face');
  t.equal(world.shown('done').mode, 'large');
  await world.take();
  await world.pass(11);
  t.equal(world.shown('idle').mode, undefined, 'the next patient begins as usual');
  await world.press('mode-large');
  await world.press('mode-standard');
  t.equal(world.shown('idle').mode, undefined);
});

test('neither a log line nor a sound tells a digit or anything about the patient', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ pin: '7391' });
  await world.press('method-pin');
  await world.type('7391');
  await world.key('enter');
  await world.press('consent-none');
  await world.take();
  t.ok(world.lines.length > 5);
  for (const line of world.lines) t.notMatch(line, /7391|"52"|ageYears/);
  t.notMatch(JSON.stringify(world.screens), /7391|ageYears/);
});

test('the word that ends a visit can be read in another language, without haste and without a second tone', async (t) => {
  const world = createWorld();
  await world.open();
  await world.place({ summary: { certificate: { state: 'expired' } } });
  t.equal(world.shown('notice').language, 'ja');
  const tones = world.sounds.length;
  await world.pass(8);
  await world.press('choose-language');
  t.same(world.shown('notice').choosingLanguage, LANGUAGES);
  await world.press('language-vi');
  t.equal(world.shown('notice').language, 'vi');
  t.equal(world.shown('notice').choosingLanguage, undefined);
  await world.pass(8);
  t.equal(world.visit.screen.screen, 'notice', 'its ten seconds begin again');
  t.equal(world.sounds.length, tones);
  await world.pass(3);
  t.match(world.visit.screen, { screen: 'take-card', language: 'vi' });
});

test('every press begins the time of a screen that is only read anew', async (t) => {
  const world = createWorld({ settings: { consentQuestions: [] } });
  await world.open();
  await world.place({ summary: { certificate: { state: 'expires-soon', days: 40 } } });
  await world.pass(8);
  await world.key('plus');
  await world.pass(8);
  t.match(world.shown('notice').timeout, { secondsLeft: 2 }, 'a kind word');
  await world.press('continue', 'method-face');
  const accepted = world.sounds.filter((tone) => tone === 'accepted').length;
  await world.pass(13);
  await world.key('plus');
  await world.pass(13);
  t.match(world.shown('done').timeout, { secondsLeft: 2 }, 'the recap');
  await world.take();
  await world.pass(5);
  await world.key('plus');
  await world.pass(5);
  t.match(world.shown('done'), { cardTaken: true, timeout: { secondsLeft: 3 } }, 'and without its card');
  t.equal(world.sounds.filter((tone) => tone === 'accepted').length, accepted, 'its tone sounds once');
  await world.press('cancel');
  await world.place({ read: new KioskFailure('card/transit') });
  await world.pass(8);
  await world.key('plus');
  await world.pass(8);
  t.match(world.shown('notice').timeout, { secondsLeft: 2 }, 'a failure');
  t.equal(world.sounds.filter((tone) => tone === 'error').length, 1);
});

test('in large letters a screen stays ten seconds longer for each sentence after its first', async (t) => {
  const asked: string[] = [];
  const pages = (model: { readonly screen: string; readonly code?: string }): number => {
    asked.push(`${model.screen} ${model.code ?? ''}`.trim());
    return 4;
  };
  const world = createWorld({ pages, settings: { consentQuestions: [] } });
  await world.open();
  await world.press('mode-large');
  await world.place({ summary: { certificate: { state: 'expired-in-grace', days: 40 } } });
  t.match(world.shown('notice').timeout, { secondsLeft: 40 });
  await world.pass(39);
  t.equal(world.screen, 'notice', 'what is shown is what is waited for');
  await world.pass(1);
  t.match(world.shown('choose-method').timeout, { secondsLeft: 90 });
  await world.press('method-face');
  t.match(world.shown('done').timeout, { secondsLeft: 45 });
  t.same(asked, ['notice certificate/expired-in-grace', 'choose-method', 'done']);
  await world.press('cancel');
  await world.take();
  const standard = createWorld({ pages });
  await standard.open();
  await standard.place({ summary: { certificate: { state: 'expired-in-grace', days: 40 } } });
  t.match(standard.shown('notice').timeout, { secondsLeft: 10 }, 'a screen of standard letters shows all at once');
});
