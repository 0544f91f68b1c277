// The kiosk's sound as captions, and on wish aloud: tones by Web Audio, speech by a voice of this computer (never one from the network).

import { byId } from './dom.js';
import { onChange, store } from './store.js';
import { onLanguage, t } from './words.js';

/** Hertz and seconds of each tone, one after the other. */
const TONES = {
  'card-detected': [[1320, 0.12]],
  key: [[880, 0.04]],
  accepted: [[880, 0.12], [1175, 0.12], [1568, 0.22]],
  error: [[330, 0.22], [262, 0.3]],
  'alarm-1': [[1047, 0.2]],
  'alarm-2': [[1047, 0.18], [0, 0.08], [1047, 0.18]],
  'alarm-3': [[1319, 0.18], [0, 0.06], [1319, 0.18], [0, 0.06], [1319, 0.18]],
}; // biome-ignore format: one tone a line
const VOLUME = 0.12;

let audio;
let lastTone = 'off';
let lastSpeech;

const play = (tone) => {
  if (!audio) return;
  let at = audio.currentTime;
  for (const [hertz, seconds] of TONES[tone] ?? []) {
    if (hertz > 0) {
      const source = audio.createOscillator();
      const gain = audio.createGain();
      source.frequency.value = hertz;
      gain.gain.setValueAtTime(VOLUME, at);
      gain.gain.exponentialRampToValueAtTime(0.001, at + seconds);
      source.connect(gain).connect(audio.destination);
      source.start(at);
      source.stop(at + seconds);
    }
    at += seconds;
  }
};

const speak = (text, language) => {
  if (!audio || !window.speechSynthesis) return;
  speechSynthesis.cancel();
  const voice = speechSynthesis.getVoices().find(({ localService, lang }) => localService && lang.toLowerCase().startsWith(language));
  if (!voice) return;
  const words = new SpeechSynthesisUtterance(text);
  words.voice = voice;
  words.lang = voice.lang;
  speechSynthesis.speak(words);
};

const label = () => {
  const on = audio !== undefined;
  byId('speaker').setAttribute('aria-pressed', String(on));
  byId('speaker').querySelector('.speaker-label').textContent = t(on ? 'soundOn' : 'soundOff');
};

export const startSound = () => {
  byId('speaker').addEventListener('click', () => {
    if (audio) {
      void audio.close();
      audio = undefined;
      window.speechSynthesis?.cancel();
    } else {
      audio = new AudioContext();
      play('key');
      if (lastSpeech) speak(lastSpeech, store.state.language);
    }
    label();
  });
  onLanguage(label);
  onChange(({ state }) => {
    if (!state) return;
    byId('speaker').classList.toggle('sounding', state.buzzer !== 'off');
    if (state.buzzer !== lastTone) play(state.buzzer);
    lastTone = state.buzzer;
    if (state.speech === lastSpeech) return;
    lastSpeech = state.speech;
    byId('caption').lang = state.language;
    byId('caption').textContent = state.speech ?? '';
    byId('caption').classList.toggle('long', byId('caption').textContent.length > (state.language === 'ja' ? 34 : 70));
    if (state.speech) speak(state.speech, state.language);
  });
};
