// From what the card said and the patient decided to the one message that leaves the kiosk, sealed.

import type { TextAttributes } from '../card/card-face.ts';
import type { CardReading } from '../card/reading.ts';
import type { RequestContent, VisitContent } from '../uplink/contract/index.ts';
import type { LookReason, VisitOutcome } from '../visit/ports.ts';

const PRESCRIPTION = { electronic: '1', paper: '2' } as const;

/** JIS X 0303 on the card (1, 2, 0 unknown, 9 not applicable) to the scheme's 1, 2, 3. */
const schemeSex = (sex: string): '1' | '2' | '3' => (sex === '1' || sex === '2' ? sex : '3');

const isoDate = (yyyymmdd: string): string => `${yyyymmdd.slice(0, 4)}-${yyyymmdd.slice(4, 6)}-${yyyymmdd.slice(6, 8)}`;

const patientOf = (attributes: TextAttributes | undefined): Pick<VisitContent, 'patient'> =>
  attributes === undefined
    ? {}
    : {
        patient: {
          name: attributes.name,
          address: attributes.address,
          birthdate: isoDate(attributes.birth),
          sex: schemeSex(attributes.sex),
        },
      };

/** The content of the question whether staff have looked: whom, and why. The address is not needed for a look. */
export const requestContent = (visitId: string, reason: LookReason, attributes: TextAttributes | undefined): RequestContent => {
  const { patient } = patientOf(attributes);
  const { name, birthdate, sex } = patient ?? {};
  return {
    visitId,
    ask: 'approve-visual',
    reason,
    ...(name === undefined || birthdate === undefined || sex === undefined ? {} : { patient: { name, birthdate, sex } }),
  };
};

/** The content of the visit message. `now` = the moment of consent, milliseconds. */
export const visitContent = (
  result: VisitOutcome,
  { certificateDer, attributes }: Pick<CardReading, 'certificateDer'> & { readonly attributes: TextAttributes | undefined },
  evidence: VisitContent['evidence'],
  now: number,
): VisitContent => {
  const consentedAt = new Date(now).toISOString();
  const consent = Object.fromEntries(
    Object.entries(result.consent).map(([item, given]) => [item, { flag: given ? ('1' as const) : ('0' as const), consentedAt }]),
  );
  return {
    visitId: result.visitId,
    method: result.method,
    ...patientOf(attributes),
    consent,
    ...(result.prescription === undefined ? {} : { prescription: PRESCRIPTION[result.prescription] }),
    certificate: { state: result.certificate, derBase64: Buffer.from(certificateDer).toString('base64') },
    evidence,
    referenceKind: '1',
    language: result.language,
  };
};
