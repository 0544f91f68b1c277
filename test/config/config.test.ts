import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'tap';
import { configurationPage } from '../../src/config/document.ts';
import { parseConfig, readConfig } from '../../src/config/read.ts';
import { configSchema } from '../../src/config/schema.ts';
import { KioskFailure } from '../../src/core/failure.ts';

const refusal = (text: string): string => {
  try {
    parseConfig(text, 'kazashi.toml');
  } catch (failure) {
    if (failure instanceof KioskFailure && failure.code === 'config/invalid') return failure.message;
    throw failure;
  }
  throw new Error('was accepted');
};

test('an empty file is a complete configuration', async (t) => {
  const config = parseConfig('', 'kazashi.toml');
  t.equal(config.face.falseAcceptRate, 3.8e-6);
  t.equal(config.visit.inactivitySeconds, 60);
  t.same(config, configSchema.parse({}));
});

test('values of the file are taken', async (t) => {
  const config = parseConfig('[site]\nid = "higashi"\n[visit]\nmethods = ["pin"]\nstaffPasscode = "0042"\n', 'kazashi.toml');
  t.equal(config.site.id, 'higashi');
  t.same(config.visit.methods, ['pin']);
  t.equal(config.visit.staffPasscode, '0042');
});

test('a wrong value is refused with file, key, what was found and what is allowed', async (t) => {
  t.match(refusal('[face]\nthreshold = 1.5'), /kazashi\.toml: line 2: face\.threshold: found 1\.5; allowed: at most 0\.9/);
  t.match(refusal('[face]\nthreshold = "high"'), /face\.threshold: found "high"; allowed: number/);
  t.match(refusal('[visit]\nmethods = ["iris"]'), /visit\.methods\.0: found "iris"; allowed: "face", "pin", "staff"/);
  t.match(refusal('[reader]\nbusFreeMs = "fast"'), /reader\.busFreeMs: found "fast"; allowed: "auto", or a number from 0 to 50/);
  t.match(refusal('[reader]\nbusFreeMs = 51'), /reader\.busFreeMs: found 51; allowed: at most 50/);
  t.match(refusal('[visit]\nmethods = []'), /visit\.methods: found \[\]; allowed: at least 1 entries/);
  t.match(refusal('[site]\nid = "East Clinic"'), /site\.id: found "East Clinic"; allowed: lower-case letters/);
  t.match(refusal('[uplink]\nbroker = "http://x"'), /uplink\.broker: found "http:\/\/x"; allowed: an address such as "mqtts:/);
  t.match(refusal('[panel]\nrotation = 45'), /panel\.rotation: found 45; allowed: 0, 90, 180, 270/);
});

test('every wrong value is told at once, an unknown key and a broken file too', async (t) => {
  t.equal(refusal('[face]\nthreshold = 2\n[kiosk]\nid = ""\n').split('\n').length, 2);
  t.match(refusal('[visit]\nfaceAtempts = 2'), /visit\.faceAtempts: found 2; no such key/);
  t.match(refusal('[visit\n'), /kazashi\.toml: line 1, column \d+: not a TOML file/);
});

test('the line of a wrong value is named, however it is written', async (t) => {
  t.match(refusal('face.threshold = 2'), /: line 1: face\.threshold: found 2;/);
  t.match(
    refusal('[site]\n\n# a comment\n[[site.contacts]]\nlabel = "a"\nphone = "1"\n[[site.contacts]]\nlabel = "b"\nphone = 7\n'),
    /: line 9: site\.contacts\.1\.phone: found 7;/,
  );
  t.match(refusal('[ "visit" ] # settings\n"methods" = ["face",\n  "iris"]'), /: line 2: visit\.methods\.1: found "iris";/);
  t.match(refusal('visit = 3'), /: line 1: visit: found 3;/);
  t.match(refusal('site = { id = "A B" }'), /: line 1: site\.id: found "A B";/);
  t.match(
    refusal('[visit]\n[[site.contacts]]\nlabel = "a"'),
    /: line 2: site\.contacts\.0\.phone: found nothing;/,
    'what is missing: its table',
  );
});

test('a wrong passcode is not repeated in the error', async (t) => {
  const message = refusal('[visit]\nstaffPasscode = "98765"');
  t.match(message, /visit\.staffPasscode: found a value that is not shown; allowed: four digits/);
  t.notMatch(message, /98765/);
});

test('a file is read, and a missing one is named', async (t) => {
  const file = join(mkdtempSync(join(tmpdir(), 'kazashi-config-')), 'kazashi.toml');
  writeFileSync(file, '[kiosk]\nid = "kiosk-7"\n');
  t.equal(readConfig(file).kiosk.id, 'kiosk-7');
  t.throws(() => readConfig(`${file}.missing`), { code: 'config/invalid', message: /kazashi\.toml\.missing: is missing \(ENOENT\)/ });
  t.throws(() => readConfig('/dev/zero'), { code: 'config/invalid', message: /^\/dev\/zero: is no plain file/ });
});

test('docs/configuration.md is what the schema says', async (t) => {
  const page = configurationPage();
  t.equal(readFileSync('docs/configuration.md', 'utf8'), page, 'stale: run npm run docs');
  for (const section of Object.values(configSchema.shape)) t.ok(section.description);
});

test('the settings file of the image is what the schema takes, as it is and with every line in force', async (t) => {
  const file = 'image/kazashi.toml';
  const text = readFileSync(file, 'utf8');
  t.same(parseConfig(text, file), configSchema.parse({}), 'commented out, it changes nothing');
  const uncommented = text.replace(/^# (?=\[\[|[a-zA-Z]+ = )/gm, '');
  t.not(uncommented, text);
  const config = parseConfig(uncommented, file);
  t.equal(config.visit.staffPasscode, '2580');
  t.equal(config.site.contacts.length, 1);
});

test('the hours of a contact hold two times of a week, and what is longer is refused by its name', async (t) => {
  const hours = '平日 8:00-18:00、土曜 8:00-16:00';
  const text = (of: string) => `[[site.contacts]]\nlabel = "保守"\nphone = "0120-000-000"\nhours = "${of}"\n`;
  t.equal(parseConfig(text(hours), 'kazashi.toml').site.contacts[0]?.hours, hours);
  t.match(refusal(text(hours.padEnd(31, '時'))), /site\.contacts\.0\.hours/);
  t.match(configurationPage(), /hours \(30\)/);
});
