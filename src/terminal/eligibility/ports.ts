// The port to an eligibility registry (オンライン資格確認). The national one is closed to the public;
// field names and codes are the scheme's, so that a bridge to it is a mapping.

import type { Patient } from '../model.ts';

/** 資格有効性: 1 valid, 2 invalid, 3 invalid (a newer one exists), 4 none, 5 several, 6 valid (not registered). */
export type QualificationValidity = '1' | '2' | '3' | '4' | '5' | '6';

/** One entry of the scheme's result list. Dates are YYYYMMDD, amounts of contribution three digits of per cent. */
export interface Qualification {
  readonly InsurerNumber: string;
  readonly InsurerName: string;
  /** 記号; absent for the late-stage elderly. */
  readonly InsuredCardSymbol?: string;
  /** 番号 */
  readonly InsuredIdentificationNumber: string;
  /** 枝番, two digits. */
  readonly InsuredBranchNumber?: string;
  /** 1 本人, 2 家族 */
  readonly PersonalFamilyClassification: '1' | '2';
  /** 被保険者証区分 */
  readonly InsuredCertificateClassification: string;
  readonly InsuredName: string;
  readonly Name: string;
  readonly NameKana?: string;
  /** 氏名(その他) */
  readonly NameOfOther?: string;
  readonly Sex1?: '1' | '2' | '3';
  /** 性別 as on the certificate, where it differs. */
  readonly Sex2?: '1' | '2' | '3';
  readonly Birthdate: string;
  readonly Address?: string;
  readonly PostNumber?: string;
  readonly QualificationDate: string;
  readonly DisqualificationDate?: string;
  /** 喪失事由 */
  readonly ReasonOfLoss?: string;
  readonly InsuredCertificateIssuanceDate: string;
  readonly InsuredCardValidDate?: string;
  readonly InsuredCardExpirationDate?: string;
  readonly InsuredPartialContributionRatio: string;
  /** 1: before school age. */
  readonly PreschoolClassification?: '1';
  readonly ElderlyRecipientCertificateInfo?: { readonly ElderlyRecipientContributionRatio: string };
  /** 限度額区分 A01–A06 (under 70), B01–B10. */
  readonly LimitApplicationCertificateRelatedInfo?: { readonly LimitApplicationCertificateClassificationFlag: string };
  /** 特定疾病療養受療証 */
  readonly SpecificDiseasesCertificateList?: readonly { readonly SpecificDiseasesDiseaseCategory: string }[];
  readonly ReferenceNumber?: string;
}

export interface EligibilityAnswer {
  /** 照会区分: 1 card, 2 insurance numbers. */
  readonly ReferenceClassification: '1' | '2';
  readonly QualificationValidity: QualificationValidity;
  /** One for most answers, several for 5, none for 4. */
  readonly ResultList: readonly Qualification[];
  /** Where the answer comes from; anything but a national answer says so on the page. */
  readonly source: 'synthetic' | 'exchange';
}

export interface InsuranceNumbers {
  readonly InsurerNumber: string;
  readonly InsuredCardSymbol?: string;
  readonly InsuredIdentificationNumber: string;
  readonly InsuredBranchNumber?: string;
  /** YYYYMMDD: tells apart who shares the numbers. */
  readonly Birthdate?: string;
}

/** Both may throw: then the visit is taken all the same, and its eligibility stays unanswered. */
export interface EligibilityRegistry {
  /** By the card: the holder as the chip names them (absent: the chip stayed closed), on a day (YYYY-MM-DD). */
  byCard(patient: Patient | undefined, day: string): Promise<EligibilityAnswer>;
  byNumbers(numbers: InsuranceNumbers, day: string): Promise<EligibilityAnswer>;
}
