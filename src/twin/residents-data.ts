// Who lives in the simulated town. Names, dates and faces are invented.

import type { FaceShape, Pose } from './residents-drawing.ts';

export interface Resident {
  /** Stable; outside tools use it. */
  readonly id: string;
  readonly family: string;
  readonly given: string;
  /** YYYY-MM-DD. */
  readonly birth: string;
  readonly sex: 'male' | 'female';
  /** Relative size before the camera: children are smaller. */
  readonly size: number;
  readonly shape: FaceShape;
  /** Where and how this person stands before the camera. */
  readonly before: Pose & { readonly x: number; readonly y: number; readonly light: string };
}

// biome-ignore format: one person, one paragraph
export const RESIDENTS: readonly Resident[] = [
  {
    id: 'sato-haruka', family: '佐藤', given: '遥', birth: '1991-04-12', sex: 'female', size: 1,
    shape: {
      width: 65.5, chin: 105.64, skull: 91.16, jaw: 0.24, skin: '#f7dcc6', eyeX: 27.31, eyeWidth: 11.8, eyeHeight: 9.35,
      eyeTilt: 8, eyelid: 1.06, iris: '#5b3a26', browGap: 19.06, browThickness: 3.85, browTilt: -8.17, browLength: 1.14,
      socket: 0.6, bridge: 0.66, cheek: 0.07, noseLength: 30, noseWidth: 15.55, mouthY: 78, mouthWidth: 22.01, lips: 7,
      lipColour: '#b8404c', hair: 'long', hairColour: '#3a2a24', clothes: '#5a7fb0', age: 0, blush: 0.8,
    },
    before: {
      x: -24, y: 8, light: '#fff2d8', turn: 2.5, tiltDegrees: 2.5, smile: 1.1,
    },
  },
  {
    id: 'suzuki-kenji', family: '鈴木', given: '健二', birth: '1978-09-03', sex: 'male', size: 1.04,
    shape: {
      width: 76, chin: 108.69, skull: 100, jaw: 0.9, skin: '#e0b08c', eyeX: 30.72, eyeWidth: 15.26, eyeHeight: 5.17, eyeTilt: -7,
      eyelid: 2.38, iris: '#3b2619', browGap: 16.99, browThickness: 4.65, browTilt: 3, browLength: 1.49, socket: 0.53, bridge: 0.8,
      cheek: 0.72, noseLength: 40.47, noseWidth: 21, mouthY: 63.01, mouthWidth: 23, lips: 5.5, lipColour: '#c0635e', hair: 'crop',
      hairColour: '#221c1b', clothes: '#3d4c5c', age: 0.3, blush: 0.2, beard: 'stubble', glasses: 'square',
      glassesColour: '#23242a',
    },
    before: {
      x: 20, y: 12, light: '#e8f2ff', turn: -3, tiltDegrees: -2, smile: 0.8,
    },
  },
  {
    id: 'tanaka-yui', family: '田中', given: '結衣', birth: '2017-06-21', sex: 'female', size: 0.86,
    shape: {
      width: 71.43, chin: 76.19, skull: 102.16, jaw: 0.61, skin: '#f0c8b4', eyeX: 30.36, eyeWidth: 16.27, eyeHeight: 11.45,
      eyeTilt: -4.39, eyelid: 0.17, iris: '#6b4326', browGap: 21.23, browThickness: 5, browTilt: -7.19, browLength: 1.49,
      socket: 0.4, bridge: 0.3, cheek: 0.14, noseLength: 28.85, noseWidth: 10.74, mouthY: 46, mouthWidth: 15.06, lips: 6,
      lipColour: '#d9737a', hair: 'pigtails', hairColour: '#2d211d', clothes: '#f0b34a', age: 0, blush: 1.4,
    },
    before: {
      x: 10, y: 40, light: '#fff4e0', turn: 2, tiltDegrees: -3, smile: 1.3,
    },
  },
  {
    id: 'yamamoto-shigeru', family: '山本', given: '茂', birth: '1946-01-30', sex: 'male', size: 1,
    shape: {
      width: 68, chin: 110, skull: 90.42, jaw: 0.29, skin: '#d6a583', eyeX: 36.61, eyeWidth: 12.5, eyeHeight: 5.98, eyeTilt: -0.97,
      eyelid: 4, iris: '#4a3a30', browGap: 16.34, browThickness: 2.76, browTilt: -6, browLength: 1.51, socket: 0.4, bridge: 0.93,
      cheek: 0.2, noseLength: 47, noseWidth: 20.57, mouthY: 72, mouthWidth: 22, lips: 2.8, lipColour: '#e0858a', hair: 'receding',
      hairColour: '#c9c6c2', clothes: '#6b5b4a', age: 1, blush: 0.4,
    },
    before: {
      x: -12, y: 16, light: '#fff0d0', turn: -2, tiltDegrees: 2, smile: 0.9,
    },
  },
  {
    id: 'nakamura-fumi', family: '中村', given: 'フミ', birth: '1939-11-08', sex: 'female', size: 0.96,
    shape: {
      width: 61.71, chin: 97.78, skull: 91.65, jaw: 0.55, skin: '#e0b08c', eyeX: 28.52, eyeWidth: 11, eyeHeight: 9.08,
      eyeTilt: -2.21, eyelid: 2.57, iris: '#4f3a2a', browGap: 19.8, browThickness: 4.4, browTilt: -2, browLength: 1.06,
      socket: 0.54, bridge: 0.2, cheek: 0.22, noseLength: 44.09, noseWidth: 10.94, mouthY: 66.79, mouthWidth: 23.68, lips: 8.09,
      lipColour: '#a85e55', hair: 'permed', hairColour: '#b9aeb4', clothes: '#8a5a86', age: 0.9, blush: 0.8, glasses: 'round',
      glassesColour: '#8b5a3c',
    },
    before: {
      x: 16, y: 22, light: '#fff6e6', turn: 2, tiltDegrees: -2, smile: 1.2,
    },
  },
  {
    id: 'ito-sota', family: '伊藤', given: '颯太', birth: '2012-03-15', sex: 'male', size: 0.92,
    shape: {
      width: 66.27, chin: 91.15, skull: 95.47, jaw: 0.51, skin: '#e0b08c', eyeX: 34.11, eyeWidth: 13.9, eyeHeight: 5.7,
      eyeTilt: -7, eyelid: 0, iris: '#33231a', browGap: 25.73, browThickness: 4.43, browTilt: 3, browLength: 0.95, socket: 0.03,
      bridge: 0, cheek: 0.1, noseLength: 26, noseWidth: 8.3, mouthY: 64, mouthWidth: 18.31, lips: 4.12, lipColour: '#cf8078',
      hair: 'bowl', hairColour: '#1c1817', clothes: '#3f8f6b', age: 0, blush: 0.7,
    },
    before: {
      x: -18, y: 30, light: '#eaf4ff', turn: -2.5, tiltDegrees: 3, smile: 1.2,
    },
  },
  {
    id: 'kobayashi-naomi', family: '小林', given: '直美', birth: '1969-07-27', sex: 'female', size: 1,
    shape: {
      width: 60.17, chin: 99.06, skull: 89.82, jaw: 0.19, skin: '#f2cdb2', eyeX: 29.73, eyeWidth: 17.69, eyeHeight: 7, eyeTilt: -3,
      eyelid: 2.75, iris: '#4a3020', browGap: 24.65, browThickness: 3.27, browTilt: -0.99, browLength: 1.6, socket: 0.2,
      bridge: 0.5, cheek: 0.25, noseLength: 43.45, noseWidth: 14.6, mouthY: 62.92, mouthWidth: 27, lips: 8.5, lipColour: '#c0635e',
      hair: 'wavy', hairColour: '#5a3522', clothes: '#2f6f73', age: 0.45, blush: 0.9, mole: [24, 52],
    },
    before: {
      x: 26, y: 10, light: '#fff0dc', turn: -2.5, tiltDegrees: -2.5, smile: 1,
    },
  },
  {
    id: 'watanabe-daichi', family: '渡辺', given: '大地', birth: '1999-12-05', sex: 'male', size: 1.02,
    shape: {
      width: 61.32, chin: 103.83, skull: 98.23, jaw: 0.61, skin: '#cf9c74', eyeX: 26.96, eyeWidth: 12.49, eyeHeight: 5.39,
      eyeTilt: 3, eyelid: 2, iris: '#2e1d14', browGap: 16, browThickness: 7.37, browTilt: 3, browLength: 1.49, socket: 0.54,
      bridge: 0.34, cheek: 0.61, noseLength: 50.64, noseWidth: 17.88, mouthY: 66.87, mouthWidth: 20.96, lips: 6.5,
      lipColour: '#a85e55', hair: 'side-part', hairColour: '#2a1d18', clothes: '#b5493d', age: 0.05, blush: 0.3, beard: 'goatee',
    },
    before: {
      x: -14, y: 12, light: '#f0f4ff', turn: 3, tiltDegrees: 2, smile: 0.9,
    },
  },
];
