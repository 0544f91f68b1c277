// From the technician's file to the visit's settings, and the check of the facility's passcode.

import { timingSafeEqual } from 'node:crypto';
import type { KioskConfig } from '../config/schema.ts';
import { ascii, wipe } from '../core/bytes.ts';
import { type VisitSettings, visitSettings } from '../visit/settings.ts';

/** Turning the head to both sides takes its time. */
const CHALLENGE_MS = 8000;

/** Length of one try by face. */
export const faceTryMs = ({ face, visit }: Pick<KioskConfig, 'face' | 'visit'>): number =>
  visit.faceSeconds * 1000 + (face.challenge === 'none' ? 0 : CHALLENGE_MS);

export const visitSettingsOf = ({ face, kiosk, visit }: KioskConfig): VisitSettings =>
  visitSettings({
    languages: kiosk.languages,
    methods: visit.methods,
    staffCheck: visit.methods.includes('staff'),
    faceAttempts: visit.faceAttempts,
    consentQuestions: visit.consentQuestions,
    askPrescription: visit.askPrescription,
    timeouts: {
      quietMs: visit.inactivitySeconds * 1000,
      graceMs: visit.terminalGraceSeconds * 1000,
      sendingMs: visit.sendingSeconds * 1000,
      faceMs: faceTryMs({ face, visit }) + 5000,
    },
  });

/** Compares in constant time and wipes what was typed. Without a passcode in the configuration nothing matches. */
export const passcodeCheck =
  (passcode: string | undefined) =>
  (typed: Uint8Array): boolean => {
    const wanted = ascii(passcode ?? '');
    try {
      return wanted.length > 0 && typed.length === wanted.length && timingSafeEqual(typed, wanted);
    } finally {
      wipe(typed, wanted);
    }
  };
