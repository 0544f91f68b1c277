// One result as the scheme's own terminal hands it to a reception system: an XML file in Shift_JIS. Pure: bytes out, bytes in.
// Names and codes are the scheme's; ArbitraryFileIdentifier carries kiosk, sequence number and visit id, which the scheme's file lacks.

import { createHash } from 'node:crypto';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { KioskFailure } from '../../core/failure.ts';
import type { EligibilityAnswer, Qualification } from '../eligibility/ports.ts';
import { decodeShiftJis, encodeShiftJis } from './shift-jis.ts';

/** An item of consent as the scheme tells it. Times are yyyyMMddHHmmss in Japan. */
export interface ConsentInfo {
  readonly ConsFlg: '0' | '1' | '2' | '3';
  readonly ConsTime?: string;
  readonly AvailableTime?: string;
}

const CONSENT_FIELDS = ['PharmacistsInfo', 'DiagnosisInfo', 'OperationInfo', 'SpecificHealthCheckupsInfo'] as const;
export type ConsentField = (typeof CONSENT_FIELDS)[number];

export interface FaceResult {
  /** 医療機関コード, ten digits. */
  readonly institution: string;
  /** Moment of the result, milliseconds since 1970. */
  readonly at: number;
  readonly kiosk: string;
  readonly seq: number;
  readonly visitId: string;
  readonly answer: EligibilityAnswer;
  readonly consent: Readonly<Partial<Record<ConsentField, ConsentInfo>>>;
  /** 1 電子 2 紙 */
  readonly prescription?: '1' | '2';
}

/** Fields of one result, in the order they are written. */
export const RESULT_FIELDS = [
  'InsuredCertificateClassification', 'InsurerNumber', 'InsuredCardSymbol', 'InsuredIdentificationNumber', 'InsuredBranchNumber',
  'PersonalFamilyClassification', 'InsuredName', 'Name', 'NameOfOther', 'NameKana', 'Sex1', 'Sex2', 'Birthdate', 'Address', 'PostNumber',
  'InsuredCertificateIssuanceDate', 'InsuredCardValidDate', 'InsuredCardExpirationDate', 'InsuredPartialContributionRatio',
  'PreschoolClassification', 'ReasonOfLoss', 'QualificationDate', 'DisqualificationDate', 'InsurerName', 'ElderlyRecipientCertificateInfo',
  'LimitApplicationCertificateRelatedInfo', 'SpecificDiseasesCertificateList', 'ReferenceNumber',
] as const satisfies readonly (keyof Qualification)[]; // biome-ignore format: one list
export type ResultField = (typeof RESULT_FIELDS)[number];

const JAPAN_MS = 9 * 3_600_000;
/** yyyyMMddHHmmss in Japan. */
export const schemeTime = (at: number): string => new Date(at + JAPAN_MS).toISOString().replace(/\D/g, '').slice(0, 14);

/** The same visit always has the same name: written again, it replaces itself and is never taken twice. */
export const faceFileName = ({ institution, visitId, at }: Pick<FaceResult, 'institution' | 'visitId' | 'at'>): string => {
  const twentyHex = createHash('sha256').update(visitId).digest('hex').slice(0, 20);
  return `OQSsiquc01res_face_${institution}${twentyHex}_${schemeTime(at)}.xml`;
};

export const FACE_FILE = /^OQSsiquc01res_face_(\d{10})([0-9a-f]{20})_(\d{14})\.xml$/i;

const builder = new XMLBuilder({ format: true, indentBy: ' ', suppressEmptyNode: true });

const resultOf = (one: Qualification, leftOut: ReadonlySet<ResultField>): Record<string, unknown> => {
  const result: Record<string, unknown> = {};
  for (const field of RESULT_FIELDS) {
    const value = one[field];
    if (value === undefined || leftOut.has(field)) continue;
    result[field] = field === 'SpecificDiseasesCertificateList' ? { SpecificDiseasesCertificateInfo: value } : value;
  }
  return result;
};

/** The file's bytes; `leftOut`: fields that staff chose not to hand over (G8). */
export const writeFaceFile = (result: FaceResult, leftOut: ReadonlySet<ResultField> = new Set()): Uint8Array => {
  const { answer, at, institution, consent, prescription } = result;
  const xml = builder.build({
    XmlMsg: {
      MessageHeader: {
        ProcessExecutionTime: schemeTime(at),
        QualificationConfirmationDate: schemeTime(at).slice(0, 8),
        MedicalInstitutionCode: institution,
        ArbitraryFileIdentifier: `${result.kiosk}/${result.seq}/${result.visitId}`,
        ReferenceClassification: answer.ReferenceClassification,
        SegmentOfResult: '1',
        CharacterCodeIdentifier: '0',
      },
      MessageBody: {
        ProcessingResultStatus: '1',
        QualificationValidity: answer.QualificationValidity,
        ...(prescription === undefined ? {} : { PrescriptionIssueSelect: prescription }),
        ResultList: {
          ResultOfQualificationConfirmation: answer.ResultList.map((one) => ({ ...resultOf(one, leftOut), ...consent })),
        },
      },
    },
  });
  return encodeShiftJis(`<?xml version="1.0" encoding="Shift_JIS" standalone="no"?>\n${xml}`);
};

const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  processEntities: true,
  isArray: (name) => name === 'ResultOfQualificationConfirmation' || name === 'SpecificDiseasesCertificateInfo',
});

const text = z.string();
const header = z.object({
  ProcessExecutionTime: text.regex(/^\d{14}$/),
  MedicalInstitutionCode: text.regex(/^\d{10}$/),
  ArbitraryFileIdentifier: text.default(''),
  ReferenceClassification: z.enum(['1', '2']),
});
const consentInfo = z.object({ ConsFlg: z.enum(['0', '1', '2', '3']), ConsTime: text.optional(), AvailableTime: text.optional() });
const resultSchema = z.object({
  InsurerNumber: text,
  InsuredIdentificationNumber: text.default(''),
  Name: text.default(''),
  Birthdate: text.default(''),
});
const body = z.object({
  QualificationValidity: z.enum(['1', '2', '3', '4', '5', '6']),
  PrescriptionIssueSelect: z.enum(['1', '2']).optional(),
  ResultList: z.union([z.literal(''), z.object({ ResultOfQualificationConfirmation: z.array(z.looseObject({})) })]).optional(),
});
const fileSchema = z.object({ XmlMsg: z.object({ MessageHeader: header, MessageBody: body }) });

const instant = (time: string): number =>
  Date.parse(time.replace(/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/, '$1-$2-$3T$4:$5:$6+09:00'));

const qualification = (raw: Record<string, unknown>): Qualification => {
  const one: Record<string, unknown> = { ...resultSchema.parse(raw) };
  for (const field of RESULT_FIELDS) {
    const value = raw[field];
    if (value === undefined || value === '') continue;
    one[field] =
      field === 'SpecificDiseasesCertificateList'
        ? (value as { SpecificDiseasesCertificateInfo?: unknown }).SpecificDiseasesCertificateInfo
        : value;
  }
  return one as unknown as Qualification;
};

/** A file's bytes as a result. Throws input/invalid with facts.field when it is not such a file. */
export const readFaceFile = (bytes: Uint8Array): FaceResult => {
  const refuse = (field: string, cause?: unknown): KioskFailure =>
    new KioskFailure('input/invalid', {
      cause,
      facts: { field },
      message: `not a result of face verification: ${field} is wrong or missing`,
    });
  let tree: unknown;
  try {
    tree = parser.parse(decodeShiftJis(bytes), true);
  } catch (cause) {
    throw refuse('(not XML)', cause);
  }
  const found = fileSchema.safeParse(tree);
  if (!found.success) throw refuse(found.error.issues[0]?.path.join('.') ?? '(file)');
  const { MessageHeader: head, MessageBody: inner } = found.data.XmlMsg;
  const rows = typeof inner.ResultList === 'object' ? inner.ResultList.ResultOfQualificationConfirmation : [];
  const [kiosk = '', seq = '', visitId = ''] = head.ArbitraryFileIdentifier.split('/');
  const consent: Partial<Record<ConsentField, ConsentInfo>> = {};
  for (const field of CONSENT_FIELDS) {
    const info = consentInfo.safeParse(rows[0]?.[field]);
    if (info.success) consent[field] = info.data as ConsentInfo;
  }
  return {
    institution: head.MedicalInstitutionCode,
    at: instant(head.ProcessExecutionTime),
    kiosk,
    seq: Number(seq) || 0,
    visitId,
    answer: {
      ReferenceClassification: head.ReferenceClassification,
      QualificationValidity: inner.QualificationValidity,
      ResultList: rows.map(qualification),
      source: 'exchange',
    },
    consent,
    ...(inner.PrescriptionIssueSelect === undefined ? {} : { prescription: inner.PrescriptionIssueSelect }),
  };
};
