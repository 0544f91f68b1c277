// Everything a technician sets, in one schema: types, validation and docs/configuration.md all come from here.
// Owns no defaults elsewhere: what is not in the file is what stands here.

import { z } from 'zod';
import { CONSENT_QUESTIONS, type ConsentQuestion, LANGUAGES } from '../core/screens.ts';

const identifier = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'lower-case letters, digits and hyphens, at most 32, starting with a letter or digit');
const fourDigits = z.string().regex(/^[0-9]{4}$/, 'four digits in quotes, such as "2580"');
const seconds = (low: number, high: number) => z.number().min(low).max(high);
const path = z.string().min(1);

const site = z.strictObject({
  id: identifier.default('demo').describe('Name of the site; part of every MQTT topic'),
  facilityName: z.string().min(1).max(24).default('受付キオスク').describe('Shown in the header of every screen'),
  contacts: z
    .array(
      // Two times of a week fit: "平日 8:00-18:00、土曜 8:00-16:00" has 29 characters.
      z.strictObject({ label: z.string().min(1).max(20), phone: z.string().min(1).max(20), hours: z.string().min(1).max(30).optional() }),
    )
    .max(3)
    .default([])
    .describe(
      'Whom to call, shown beside every fault: [[site.contacts]] with label (at most 20 characters; up to 8 stay large), phone (20) and, if wanted, hours (30) such as "24時間"',
    ),
});

const kiosk = z.strictObject({
  id: identifier
    .refine((id) => id !== 'terminal', 'any name but "terminal"')
    .default('kiosk-1')
    .describe('Name of this kiosk; unique within the site'),
  languages: z
    .array(z.enum(LANGUAGES))
    .min(1)
    .default([...LANGUAGES])
    .describe('Languages offered on the idle screen'),
  maintenanceCode: fourDigits
    .optional()
    .describe('Code of the technician menu (five taps on the facility name, or the power button); without it the menu stays closed'),
  dataDirectory: path.default('/var/lib/kazashi').describe('Everything that must survive a restart'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('Lines written to the journal'),
});

const visit = z.strictObject({
  methods: z
    .array(z.enum(['face', 'pin', 'staff']))
    .min(1)
    .default(['face', 'pin', 'staff'])
    .describe('Ways to show who one is'),
  staffPasscode: fourDigits.optional().describe('Passcode of the facility for 目視確認; without it staff approve from the terminal only'),
  consentQuestions: z
    .array(z.enum(Object.keys(CONSENT_QUESTIONS) as [ConsentQuestion, ...ConsentQuestion[]]))
    .default(['diagnosis-medication', 'surgery', 'checkup'])
    .describe('What the patient is asked to share'),
  askPrescription: z.boolean().default(false).describe('Ask 電子処方箋 or 紙の処方箋'),
  faceAttempts: z.int().min(1).max(10).default(3).describe('Tries by face before only the other ways are offered'),
  faceSeconds: seconds(3, 30).default(10).describe('Length of one try by face'),
  inactivitySeconds: seconds(20, 600).default(60).describe('Without operation a visit ends; the last 20 s ask first'),
  terminalGraceSeconds: seconds(0, 60).default(10).describe('How long a visit waits for a lost terminal'),
  sendingSeconds: seconds(5, 120)
    .default(20)
    .describe('How long the patient waits for the acknowledgement; the result is kept and sent later all the same'),
});

const face = z.strictObject({
  falseAcceptRate: z
    .number()
    .min(1e-7)
    .max(1e-3)
    .default(3.8e-6)
    .describe('Share of other people who would be accepted, over all people; within one group it is up to 90 times higher'),
  threshold: z.number().min(0.3).max(0.9).optional().describe('Cosine similarity that accepts, instead of the one for falseAcceptRate'),
  livenessThreshold: z.number().min(0).max(0.99).optional().describe('Anti-spoofing score of all cues together that accepts; default: 0.2'),
  challenge: z
    .enum(['none', 'turn', 'blink'])
    .default('none')
    .describe(
      'What a recognised patient is asked to do, in words and speech, so that no picture passes: turn = turn the head to both sides; blink = shut the eyes and open them again, and turn where the eyes cannot be seen surely (a film of somebody who blinks passes). A try lasts 8 s more; whoever does not do it goes on by PIN or staff',
    ),
  modelDirectory: path.optional().describe('Where the model pack is; default: the cache of npm ci'),
});

const reader = z.strictObject({
  serialPort: z
    .string()
    .regex(/^\/dev\/./, 'a path below /dev, such as "/dev/ttyUSB0"')
    .optional()
    .describe(
      'A PN532 in its serial mode (HSU, 115200 baud) instead of one on I²C: /dev/ttyUSB0, or a name under /dev/serial/by-id, which stays the same when plugs change places',
    ),
  i2cBus: z.int().min(0).max(64).default(1).describe('Number of /dev/i2c-N'),
  i2cAddress: z.int().min(0x08).max(0x77).default(0x24).describe('Address of the PN532'),
  busFreeMs: z
    .union([z.literal('auto'), z.number().min(0).max(50)], { error: '"auto", or a number from 0 to 50' })
    .default('auto')
    .describe('Pause before each I²C transaction; auto: the shortest of 1.3, 2, 3 and 5 that this board keeps up with'),
  fastPath: z
    .enum(['auto', 'off'])
    .default('auto')
    .describe('auto: larger frames and higher bit rates where card and board manage them, else the chip alone; off: always the chip alone'),
  irqChip: z
    .string()
    .min(1)
    .optional()
    .describe('Label of the GPIO chip of the IRQ line, such as "pinctrl-bcm2711"; without it the reader is polled'),
  irqLine: z.int().min(0).max(255).default(25).describe('Line of the IRQ on that chip'),
  trustAnchors: path
    .optional()
    .describe(
      'Directory of CA certificates (DER or PEM), revocation lists (.crl, one per municipality) and face-anchor-KEYID.pem that cards are checked against; read at the start',
    ),
});

const cameraOf = (width: number, height: number, fps: number) => ({
  source: z
    .enum(['none', 'libcamera', 'v4l2', 'directory'])
    .default('none')
    .describe("libcamera: the Raspberry Pi's own (rpicam-vid); v4l2: USB (ffmpeg); directory: recorded pictures; none: no camera"),
  index: z.int().min(0).max(7).default(0).describe('libcamera: number of the camera, as `rpicam-hello --list-cameras` shows it'),
  device: path.default('/dev/video0').describe('v4l2: device node; a name under /dev/v4l/by-id stays the same when cables change places'),
  format: z.enum(['mjpeg', 'yuyv']).default('mjpeg').describe('v4l2: what the camera sends; mjpeg costs the processor least'),
  directory: path.optional().describe('directory: where .jpg and .png files lie'),
  width: z.int().min(320).max(4096).default(width).describe('Width of the picture before rotation, in pixels'),
  height: z.int().min(240).max(4096).default(height).describe('Height of the picture before rotation, in pixels'),
  fps: z.number().min(1).max(60).default(fps).describe('Pictures per second'),
  rotation: z.literal([0, 90, 180, 270]).default(0).describe('Clockwise turn that makes the picture upright, in degrees'),
  exposureMs: z.number().min(0.1).max(1000).optional().describe('Fixed exposure time; without it the camera chooses'),
  gain: z.number().min(1).max(64).optional().describe('libcamera: fixed gain of the sensor; without it the camera chooses'),
  exposureStops: z.number().min(-3).max(3).optional().describe('libcamera: makes automatic exposure brighter or darker, in stops'),
  focusDioptres: z
    .number()
    .min(0)
    .max(32)
    .optional()
    .describe('libcamera: fixed focus, 1 / distance in metres; without it the camera focuses itself or cannot'),
});

const camera = z.strictObject(cameraOf(1280, 720, 15));
const trayCamera = z.strictObject({
  ...cameraOf(1920, 1080, 5),
  source: z
    .enum(['none', 'libcamera', 'v4l2', 'directory', 'drawn'])
    .default('none')
    .describe(
      'As for the camera; drawn: the simulated appliance draws the card on its tray and reads it from pixels (it takes half a second longer)',
    ),
});

const line = z.int().min(0).max(255);
const gpio = z.strictObject({
  chip: z
    .string()
    .min(1)
    .default('pinctrl-bcm2711')
    .describe('Label of the GPIO chip of the button and the lamp, as /sys/class/gpio shows it'),
  powerButtonLine: line.optional().describe('Line of the power button, high while pressed; without it there is no button'),
  lampRedLine: line.optional().describe('Line of the red lamp'),
  lampGreenLine: line.optional().describe('Line of the green lamp'),
  lampBlueLine: line.optional().describe('Line of the blue lamp'),
});

const panel = z.strictObject({
  framebuffer: z
    .string()
    .regex(/^fb[0-9]+$/, 'fb and a number, such as "fb0"')
    .default('fb0')
    .describe('Framebuffer device'),
  width: z.int().min(640).max(3840).default(1280).describe('Width of the simulated panel, in pixels (a real one tells its own)'),
  height: z.int().min(480).max(2160).default(800).describe('Height of the simulated panel, in pixels'),
  rotation: z
    .literal([0, 90, 180, 270])
    .default(0)
    .describe('How the real panel is mounted, clockwise in degrees: turns the picture and the touch positions'),
});

const sound = z.strictObject({
  output: z.enum(['alsa', 'none']).default('alsa').describe('Speaker through ALSA (aplay of alsa-utils), or a box without one'),
  device: z.string().min(1).default('default').describe('ALSA device, as aplay -L lists them'),
  volume: z.int().min(0).max(10).default(7).describe('Loudness at the beginning of every visit'),
});

const uplink = z.strictObject({
  broker: z
    .url({ protocol: /^(mqtts?)$/, error: 'an address such as "mqtts://broker.example:8883"' })
    .default('mqtt://127.0.0.1:1883')
    .describe('MQTT broker of the site'),
  caFile: path.optional().describe('CA certificate of the broker (PEM)'),
  certificateFile: path.optional().describe('Client certificate of this kiosk (PEM)'),
  keyFile: path.optional().describe('Private key of the client certificate (PEM)'),
  signingKeyFile: path.optional().describe('Signing key of this kiosk (JWK); default: made in the data directory'),
  terminalKeysFile: path.optional().describe('Public keys of the terminals (JWK set); default: terminal-keys.json in the data directory'),
  pairing: z
    .url({ protocol: /^https?$/, error: 'an address such as "http://192.0.2.10:8884"' })
    .optional()
    .describe(
      'Where `kazashi site pair` listens. With it the kiosk makes its own keys in the data directory and shows a code until it was let in',
    ),
  ackTimeoutSeconds: seconds(1, 60).default(5).describe('A visit that is not acknowledged by then is sent again'),
  expiryHours: z.number().min(1).max(168).default(24).describe('How long a visit is worth delivering'),
  outboxLimit: z
    .int()
    .min(10)
    .max(100_000)
    .default(10_000)
    .describe('Visits kept while the terminal is away; at the limit new visits are refused'),
});

const ipv4 = z.ipv4({ error: 'an address such as "192.168.1.1"' });
const network = z
  .strictObject({
    address: z
      .cidrv4({ error: 'an address with its length, such as "192.168.1.20/24"' })
      .optional()
      .describe("The image's own network: fixed address of the wired interface; without it DHCP is asked"),
    gateway: ipv4.optional().describe('Router, beside a fixed address'),
    dns: z.array(ipv4).max(3).default([]).describe('Name servers, beside those of DHCP'),
    ntp: z
      .array(z.string().regex(/^[A-Za-z0-9.:-]{1,253}$/, 'names or addresses of time servers'))
      .max(4)
      .default([])
      .describe("Time servers of the site; without them Debian's own"),
  })
  .refine(({ address, gateway }) => gateway === undefined || address !== undefined, {
    path: ['gateway'],
    error: 'a gateway beside an address; with DHCP the router says it itself',
  });

export const configSchema = z.strictObject({
  site: site.prefault({}).describe('The site'),
  kiosk: kiosk.prefault({}).describe('This kiosk'),
  visit: visit.prefault({}).describe('The visit'),
  face: face.prefault({}).describe('Face match'),
  reader: reader.prefault({}).describe('Card reader'),
  camera: camera.prefault({}).describe('Camera that sees the patient'),
  trayCamera: trayCamera
    .prefault({})
    .describe(
      'Camera over the card tray, which reads 照合番号B from the printed face; without it no photo is read and the face is not matched',
    ),
  gpio: gpio.prefault({}).describe('Button and lamp'),
  panel: panel.prefault({}).describe('Screen and touch'),
  sound: sound.prefault({}).describe('Speech and tones'),
  uplink: uplink.prefault({}).describe('Link to the reception terminal'),
  network: network.prefault({}).describe('Network of a box that runs the image; elsewhere it changes nothing'),
});

export type KioskConfig = z.infer<typeof configSchema>;
