// How a visit looks on the wire to the page and to integrators. Pure; the list holds less than the detail.

import { CONSENT_LIFETIME_MS, consentAt, consentedAt, givenItems } from '../consent.ts';
import type { KioskView } from '../hub.ts';
import type { Role, StoredVisit } from '../model.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** One line of 資格確認履歴. `consent` flags as they stand now (2 = the 24 hours are over). */
export const visitView = (visit: StoredVisit, now: number) => ({
  visitId: visit.visitId,
  kiosk: visit.kiosk,
  seq: visit.seq,
  at: iso(visit.at),
  receivedAt: iso(visit.receivedAt),
  method: visit.method,
  result: visit.result,
  number: visit.number,
  consent: consentAt(visit, now),
  certificate: visit.certificate,
  proof: visit.proof,
  language: visit.language,
  ...(visit.validity === undefined ? {} : { validity: visit.validity }),
  ...(visit.prescription === undefined ? {} : { prescription: visit.prescription }),
  ...(visit.patient === undefined
    ? {}
    : { patient: { name: visit.patient.name, birthdate: visit.patient.birthdate, sex: visit.patient.sex } }),
});

/** One line of 同意済み患者一覧: only what may be shown now. */
export const consentedView = (visit: StoredVisit, now: number) => {
  const items = givenItems(visit, now);
  const last = Math.max(...items.map((item) => consentedAt(visit, item)));
  return {
    id: visit.visitId,
    number: visit.number,
    kiosk: visit.kiosk,
    patient: visit.patient,
    items,
    consentedAt: iso(last),
    availableUntil: iso(last + CONSENT_LIFETIME_MS),
  };
};

/** A kiosk as a role may see it: an administrator looks after machines and sees no patient. */
export const kioskFor = (view: KioskView, role: Role): KioskView => {
  if (role !== 'admin' || view.request === undefined) return view;
  const { request, ...machine } = view;
  return machine;
};
