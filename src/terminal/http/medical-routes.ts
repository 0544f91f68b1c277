// 同意済み患者一覧 and what those patients agreed to show (G7): the medical account only, for 24 hours, each look written down.

import type { FastifyInstance } from 'fastify';
import { CONSENT_LIFETIME_MS, type ConsentItem, givenItems, mayShow } from '../consent.ts';
import { checkupsOf, medicationsOf, proceduresOf } from '../eligibility/medical.ts';
import type { Patient, StoredVisit } from '../model.ts';
import type { Audit } from '../store/audit.ts';
import type { Inbox } from '../store/inbox.ts';
import { HttpRefusal } from './errors.ts';
import type { Guard } from './guard.ts';
import { consentedView } from './views.ts';

export interface MedicalRouteParts {
  readonly guard: Guard;
  readonly inbox: Inbox;
  now(): number;
  readonly audit: Audit;
}

/** What a page shows, and the consent items any of which opens it. */
const PAGES: Readonly<
  Record<string, { items: readonly ConsentItem[]; show(patient: Patient, visit: StoredVisit, given: readonly ConsentItem[]): object }>
> = {
  medications: { items: ['YZK'], show: (patient, visit) => ({ medications: medicationsOf(patient, visit.at) }) },
  procedures: {
    items: ['SRJ', 'SHJ'],
    // Surgery is asked apart from the rest, so it is shown apart too.
    show: (patient, visit, given) => ({
      procedures: proceduresOf(patient, visit.at).filter(({ kind }) => given.includes(kind === 'surgery' ? 'SHJ' : 'SRJ')),
    }),
  },
  checkups: { items: ['TKK'], show: (patient, visit) => ({ checkups: checkupsOf(patient, visit.at) }) },
};

export const medicalRoutes = (app: FastifyInstance, { guard, inbox, now, audit }: MedicalRouteParts): void => {
  app.get('/api/consented', (request) => {
    const account = guard.require(request, 'medical');
    audit.add({ account: account.id, action: 'consented/list' });
    const at = now();
    // A day more than the consent lasts: a visit can arrive from the kiosk's outbox after it was finished.
    const recent = inbox.list(at - 2 * CONSENT_LIFETIME_MS, at + CONSENT_LIFETIME_MS);
    const open = recent.filter((visit) => visit.patient !== undefined && givenItems(visit, at).length > 0);
    return { patients: open.map((visit) => consentedView(visit, at)) };
  });

  for (const [page, { items, show }] of Object.entries(PAGES)) {
    app.get<{ Params: { id: string } }>(`/api/consented/:id/${page}`, (request) => {
      const account = guard.require(request, 'medical');
      const visit = inbox.find(request.params.id);
      if (visit === undefined) throw new HttpRefusal(404, 'visit/unknown', 'この受付は見つかりません');
      const states = items.map((item) => mayShow(visit, item, now()));
      const { patient } = visit;
      if (!states.includes('given') || patient === undefined) {
        if (states.includes('expired')) throw new HttpRefusal(410, 'consent/expired', '同意から24時間が過ぎたため、閲覧できません');
        throw new HttpRefusal(403, 'consent/not-given', '患者さんはこの情報の閲覧に同意していません');
      }
      audit.add({ account: account.id, action: `medical/${page}`, visitId: visit.visitId });
      return { id: visit.visitId, ...show(patient, visit, givenItems(visit, now())), source: 'synthetic' };
    });
  }
};
