// The kiosk's sound as captions, and on wish aloud: the recordings and the tones that the box itself plays, by Web Audio.

import { byId } from './dom.js';
import { onChange, store } from './store.js';
import { onLanguage, t } from './words.js';

const PEAK = 0.35;
const RAMP_S = 0.006;
const SENTENCE_PAUSE_S = 0.25;

let audio;
let master;
/** A tone is short; its caption stays to be read. */
const TONE_CAPTION_MS = 2500;

/** Tones before the page was opened are not told. */
let heard = Number.POSITIVE_INFINITY;
let toneCaption;
let lastGuide;
let lastSpeech = '';

/** Everything that can be stopped at once. */
const players = { speech: [], guide: undefined };

const gainOf = (volume = 7) => (volume / 10) ** 2;

/** Plays the notes of a melody from `at`; answers when it ends. */
const playMelody = ({ notes, pan = 0 }, at) => {
  const panner = new StereoPannerNode(audio, { pan });
  panner.connect(master);
  let time = at;
  for (const [hertz, ms] of notes) {
    const seconds = ms / 1000;
    if (hertz > 0) {
      const source = new OscillatorNode(audio, { frequency: hertz });
      const gain = new GainNode(audio, { gain: 0 });
      gain.gain.setValueAtTime(0, time);
      gain.gain.linearRampToValueAtTime(PEAK, time + RAMP_S);
      gain.gain.setValueAtTime(PEAK, time + seconds - RAMP_S);
      gain.gain.linearRampToValueAtTime(0, time + seconds);
      source.connect(gain).connect(panner);
      source.start(time);
      source.stop(time + seconds);
    }
    time += seconds;
  }
  return time;
};

const tone = (name) => {
  const melody = store.twin?.melodies?.[name];
  if (audio && melody) playMelody(melody, audio.currentTime);
};

const guide = (name) => {
  clearTimeout(players.guide);
  const melody = store.twin?.melodies?.[name];
  if (!audio || !melody) return;
  const again = () => {
    const ends = playMelody(melody, audio.currentTime);
    players.guide = setTimeout(again, (ends - audio.currentTime) * 1000);
  };
  again();
};

let speaking = 0;
const hush = () => {
  speaking += 1;
  for (const source of players.speech.splice(0)) source.stop();
};

const speak = async (clips) => {
  hush();
  if (!audio) return;
  const mine = speaking;
  let at = audio.currentTime + 0.05;
  for (const clip of clips) {
    const response = await fetch(`/api/voice/${clip}`);
    if (!response.ok) continue;
    const buffer = await audio.decodeAudioData(await response.arrayBuffer());
    if (mine !== speaking) return;
    const source = new AudioBufferSourceNode(audio, { buffer });
    source.connect(master);
    at = Math.max(at, audio.currentTime + 0.02);
    source.start(at);
    at += buffer.duration + SENTENCE_PAUSE_S;
    players.speech.push(source);
  }
};

const label = () => {
  const on = audio !== undefined;
  byId('speaker').setAttribute('aria-pressed', String(on));
  byId('speaker').querySelector('.speaker-label').textContent = t(on ? 'soundOn' : 'soundOff');
};

const turnOff = () => {
  hush();
  clearTimeout(players.guide);
  void audio.close();
  audio = undefined;
};

const turnOn = () => {
  audio = new AudioContext();
  master = new GainNode(audio, { gain: gainOf(store.state?.volume) });
  master.connect(audio.destination);
  tone('key');
  guide(store.state?.guide);
  void speak(store.state?.clips ?? []);
};

const showCaption = ({ speech = '', language }) => {
  byId('caption').lang = language;
  byId('caption').textContent = speech;
  const long = speech.length > (language.startsWith('ja') || language.startsWith('zh') ? 34 : 70);
  byId('caption').classList.toggle('long', long);
  // What scrolls must be reached without a mouse.
  if (long) byId('caption').tabIndex = 0;
  else byId('caption').removeAttribute('tabindex');
};

/** What tone sounds, in words: the one that leads a face as long as it is repeated, another for a moment. */
const showTone = () => {
  const guide = store.state?.guide;
  const text = toneCaption ? t(`tones.${toneCaption}`) : guide ? t(`guides.${guide}`) : '';
  byId('tone').textContent = text && `♪ ${text}`;
};

let toneTimer;
const captionTone = (name) => {
  clearTimeout(toneTimer);
  toneCaption = name;
  toneTimer = setTimeout(() => {
    toneCaption = undefined;
    showTone();
  }, TONE_CAPTION_MS);
};

export const startSound = () => {
  byId('speaker').addEventListener('click', () => {
    if (audio) turnOff();
    else turnOn();
    label();
  });
  onLanguage(() => {
    label();
    showTone();
  });
  onChange(({ state }) => {
    if (!state) return;
    byId('speaker').classList.toggle('sounding', state.buzzer !== 'off');
    if (state.tones > heard && state.buzzer !== 'off') {
      tone(state.buzzer);
      captionTone(state.buzzer);
    }
    heard = state.tones;
    if (master) master.gain.value = gainOf(state.volume);
    if (state.guide !== lastGuide) guide(state.guide);
    lastGuide = state.guide;
    showTone();
    const said = JSON.stringify([state.speech, state.clips]);
    if (said === lastSpeech) return;
    lastSpeech = said;
    showCaption(state);
    void speak(state.clips ?? []).catch(() => undefined);
  });
};
