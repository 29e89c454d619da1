import type { CharacteristicReasons, ReasonCatalogue, ReasonText } from './reasons.ts';

const reason = (code: string, en: string, zh: string): ReasonText => ({ code, en, zh });

const COLUMNS: Readonly<Record<string, CharacteristicReasons>> = {
  present: {
    high: reason('LENDERS_MANY', 'Too many lenders hold accounts in your name', '与您有信贷关系的机构过多'),
    low: reason('LENDERS_FEW', 'Too few lenders can confirm your credit history', '可证实您信用记录的机构过少'),
    missing: reason('LENDERS_UNKNOWN', 'The number of your lenders is not known', '无法确认与您有信贷关系的机构数量'),
  },
  openLoans: {
    high: reason('OPEN_LOANS_MANY', 'Too many open loans', '未结清贷款笔数过多'),
    low: reason('OPEN_LOANS_FEW', 'Too few open loans to show how you repay', '未结清贷款过少，不足以反映还款情况'),
    missing: reason('OPEN_LOANS_UNKNOWN', 'The number of your open loans is not known', '缺少未结清贷款笔数的信息'),
  },
  outstanding: {
    high: reason('OUTSTANDING_HIGH', 'Amount owed on loans is too high', '贷款未偿余额过高'),
    low: reason('OUTSTANDING_LOW', 'Amount owed on loans is too low to show how you repay', '贷款余额过低，不足以反映还款情况'),
    missing: reason('OUTSTANDING_UNKNOWN', 'The amount that you owe on loans is not known', '缺少贷款未偿余额的信息'),
  },
  limit: {
    high: reason('LIMIT_HIGH', 'Total of your revolving credit limits is too high', '循环信贷额度总额过高'),
    low: reason('LIMIT_LOW', 'Total of your revolving credit limits is too low', '循环信贷额度总额过低'),
    missing: reason('LIMIT_UNKNOWN', 'Your revolving credit limits are not known', '缺少循环信贷额度的信息'),
  },
  pastDue: {
    high: reason('PAST_DUE_HIGH', 'Amount past due on loans', '贷款逾期金额过高'),
    missing: reason('PAST_DUE_UNKNOWN', 'The amount past due on your loans is not known', '缺少贷款逾期金额的信息'),
  },
  late30: {
    high: reason(
      'LATE_MONTHS_MANY',
      'Too many months with a payment more than 30 days late in the last two years',
      '近两年内逾期三十天以上的月份过多',
    ),
    missing: reason('LATE_MONTHS_UNKNOWN', 'Your payment history of the last two years is not known', '缺少近两年还款记录的信息'),
  },
  monthsOnBook: {
    low: reason('HISTORY_SHORT', 'Credit history is too short', '信用记录时间过短'),
    missing: reason('HISTORY_UNKNOWN', 'The length of your credit history is not known', '缺少信用记录时长的信息'),
  },
  worstStatus: {
    levels: {
      none: reason(
        'STATUS_NONE',
        'No account with a payment history in the last twelve months',
        '近十二个月内没有有还款记录的账户',
      ),
      '0': reason(
        'STATUS_CURRENT',
        'Accounts open in the last twelve months, all paid on time',
        '近十二个月内有未结清账户（均按时还款）',
      ),
      '1': reason('STATUS_LATE_1', 'A payment up to 30 days late in the last twelve months', '近十二个月内有三十天以内的逾期'),
      '2': reason(
        'STATUS_LATE_2',
        'A payment 31 to 60 days late in the last twelve months',
        '近十二个月内有三十一至六十天的逾期',
      ),
      '3': reason(
        'STATUS_LATE_3',
        'A payment 61 to 90 days late in the last twelve months',
        '近十二个月内有六十一至九十天的逾期',
      ),
      '4-6': reason(
        'STATUS_LATE_4',
        'A payment 91 to 180 days late in the last twelve months',
        '近十二个月内有九十一至一百八十天的逾期',
      ),
      '4–6': reason(
        'STATUS_LATE_4',
        'A payment 91 to 180 days late in the last twelve months',
        '近十二个月内有九十一至一百八十天的逾期',
      ),
      '7': reason(
        'STATUS_LATE_7',
        'A payment more than 180 days late, or a loss, in the last twelve months',
        '近十二个月内有一百八十天以上的逾期或呆账',
      ),
    },
    missing: reason(
      'STATUS_UNKNOWN',
      'No information about your payments in the last twelve months',
      '缺少近十二个月还款情况的信息',
    ),
  },
};

/**
 * Reason texts for the subject-level columns of the canonical `loans` table, in English and simplified Chinese, to be stated in a notice of adverse action.
 * There is none for being late too seldom or known too long: a model that takes points off for that is refused, since no honest notice could say so.
 */
export const SIGNAL_REASONS: ReasonCatalogue = new Map(Object.entries(COLUMNS));
