/** `error` refuses the document, `warning` asks for a look, `info` tells what was not done. */
export type Severity = 'error' | 'warning' | 'info';

type Entry = { readonly severity: Severity; readonly en: string; readonly zh: string };

/** Every code a document can end in, with its usual severity and its sentence in two languages. */
export const codes = {
  ACCEPTED: {
    severity: 'info',
    en: 'The document was read without an error.',
    zh: '文件已读取，没有发现错误。',
  },

  // The file as a whole.
  EMPTY: { severity: 'error', en: 'The file is empty.', zh: '文件为空。' },
  TOO_LARGE: {
    severity: 'error',
    en: 'The document is over a bound: {what}, at most {max}.',
    zh: '文件超出限制：{what}，上限为 {max}。',
  },
  TOO_DEEP: {
    severity: 'error',
    en: 'Elements are nested deeper than {max} levels.',
    zh: '元素嵌套超过 {max} 层。',
  },
  ENCODING_UNSUPPORTED: {
    severity: 'error',
    en: 'The text encoding is {encoding}; UTF-8, or UTF-16 with a byte order mark, is read.',
    zh: '文本编码为 {encoding}；只接受 UTF-8 或带字节顺序标记的 UTF-16。',
  },
  XML_MALFORMED: {
    severity: 'error',
    en: 'The XML is not well formed at line {line}, column {column}: {reason}',
    zh: 'XML 在第 {line} 行第 {column} 列格式不正确：{reason}',
  },
  UNSAFE_XML: {
    severity: 'error',
    en: 'The XML has {what}, which is never read.',
    zh: 'XML 含有{what}，一律不予读取。',
  },
  MULTI_DOCUMENT: {
    severity: 'error',
    en: 'The file holds several documents; hand in one document per file.',
    zh: '文件中含有多份单据；每个文件只能提交一份。',
  },
  ZIP_MALFORMED: {
    severity: 'error',
    en: 'The archive is damaged or unusual: {reason}.',
    zh: '压缩包已损坏或不规范：{reason}。',
  },
  ZIP_BOMB: {
    severity: 'error',
    en: 'The archive expands too far: {what}, at most {max}.',
    zh: '压缩包膨胀过大：{what}，上限为 {max}。',
  },
  ZIP_NAME: {
    severity: 'error',
    en: 'The archive has an entry with a forbidden name: {name}.',
    zh: '压缩包含有不允许的条目名：{name}。',
  },
  ZIP_NESTED: {
    severity: 'error',
    en: 'The archive holds another archive: {name}.',
    zh: '压缩包中还有压缩包：{name}。',
  },
  ZIP_ENCRYPTED: {
    severity: 'error',
    en: 'An entry of the archive is encrypted: {name}.',
    zh: '压缩包条目已加密：{name}。',
  },

  // What kind of document it is.
  NOT_AN_INVOICE: {
    severity: 'error',
    en: 'This is {kind}, not an invoice.',
    zh: '这是{kind}，不是发票。',
  },
  UNKNOWN_DOCUMENT: {
    severity: 'error',
    en: 'The kind of document is not known ({what}).',
    zh: '无法识别的文件类型（{what}）。',
  },
  SYNTAX_UNSUPPORTED: {
    severity: 'error',
    en: 'This is {kind}; this version is not read.',
    zh: '这是{kind}；不支持该版本。',
  },

  // Structure and fields.
  SCHEMA_INVALID: {
    severity: 'error',
    en: 'The structure is wrong: {reason}.',
    zh: '结构不符合规范：{reason}。',
  },
  FIELD_MISSING: {
    severity: 'error',
    en: 'The document does not give {field}.',
    zh: '文件缺少{field}。',
  },
  AMOUNT_FORMAT: {
    severity: 'error',
    en: 'Not an amount as it must be written: {value}.',
    zh: '金额格式不正确：{value}。',
  },
  AMOUNT_DERIVED: {
    severity: 'info',
    en: 'The document does not give the total with tax; it was added up from net and tax.',
    zh: '文件没有价税合计；按金额与税额相加得出。',
  },
  CURRENCY_CODE: {
    severity: 'error',
    en: 'Not a currency code of ISO 4217: {value}.',
    zh: '不是 ISO 4217 货币代码：{value}。',
  },
  CURRENCY_MISMATCH: {
    severity: 'error',
    en: 'The amount is in {other}, the invoice in {currency}.',
    zh: '该金额的货币为 {other}，发票货币为 {currency}。',
  },
  DATE_FORMAT: {
    severity: 'error',
    en: 'Not a date as it must be written: {value}.',
    zh: '日期格式不正确：{value}。',
  },
  DUE_BEFORE_ISSUE: {
    severity: 'warning',
    en: 'The due date {due} is before the issue date {issue}.',
    zh: '到期日 {due} 早于开票日期 {issue}。',
  },
  NUMBER_FORMAT: {
    severity: 'error',
    en: 'A 数电票 number has 20 digits; this is {value}.',
    zh: '数电票号码应为 20 位数字，实际为 {value}。',
  },
  FIELDS_DISAGREE: {
    severity: 'error',
    en: '{field} is given twice and differently: {one} and {other}.',
    zh: '{field}出现两次且不一致：{one} 与 {other}。',
  },

  // Sums.
  ARITHMETIC_TOTAL: {
    severity: 'error',
    en: 'Net {net} plus tax {tax} is not the total with tax {gross}.',
    zh: '金额 {net} 加税额 {tax} 不等于价税合计 {gross}。',
  },
  ARITHMETIC_PAYABLE: {
    severity: 'error',
    en: 'Total {gross} less prepaid {prepaid} plus rounding {rounding} is not the amount due {payable}.',
    zh: '合计 {gross} 减预付 {prepaid} 加舍入 {rounding} 不等于应付金额 {payable}。',
  },
  ARITHMETIC_NET: {
    severity: 'error',
    en: 'Lines {lines} less allowances {allowances} plus charges {charges} is not the net amount {net}.',
    zh: '行合计 {lines} 减折让 {allowances} 加费用 {charges} 不等于不含税金额 {net}。',
  },
  ARITHMETIC_LINES: {
    severity: 'error',
    en: 'The lines add up to {sum}, not to {lines}.',
    zh: '各行相加为 {sum}，与行合计 {lines} 不符。',
  },

  // Parties.
  PARTY_ID_FORMAT: {
    severity: 'error',
    en: 'Not {scheme} as it must be written: {value}.',
    zh: '{scheme}格式不正确：{value}。',
  },
  PARTY_ID_CHECKSUM: {
    severity: 'error',
    en: 'The check digit of {scheme} {value} is wrong.',
    zh: '{scheme} {value} 的校验码不正确。',
  },
  PARTY_ID_MISSING: {
    severity: 'warning',
    en: 'The {party} has no identifier.',
    zh: '{party}没有识别号。',
  },
  SELLER_IS_BUYER: {
    severity: 'warning',
    en: 'Seller and buyer have the same identifier {value}.',
    zh: '销售方与购买方的识别号相同：{value}。',
  },

  // Financing.
  NOT_FINANCEABLE_NEGATIVE: {
    severity: 'warning',
    en: 'The amount due is negative ({amount}); nothing can be financed.',
    zh: '应付金额为负（{amount}），不能融资。',
  },
  NOT_FINANCEABLE_ZERO: {
    severity: 'warning',
    en: 'Nothing is due; nothing can be financed.',
    zh: '应付金额为零，不能融资。',
  },
  NOT_FINANCEABLE_CREDIT: {
    severity: 'warning',
    en: 'A credit note or red-letter invoice lowers what is owed; it cannot be financed.',
    zh: '贷项通知单或红字发票冲减应收款，不能融资。',
  },
  NOT_FINANCEABLE_KIND: {
    severity: 'warning',
    en: 'An invoice of type {type} ({name}) is no claim for payment and cannot be financed.',
    zh: '类型 {type}（{name}）的发票不构成付款请求，不能融资。',
  },

  // Business keys.
  KEY_INCOMPLETE: {
    severity: 'warning',
    en: 'There is no exact key, because {missing} cannot be taken from the document; it needs review.',
    zh: '无法生成精确键：文件中没有可用的{missing}；需要人工复核。',
  },
  NUMBER_NOT_ASCII: {
    severity: 'warning',
    en: 'The invoice number has characters that can be mistaken for others: {value}; it needs review.',
    zh: '发票号码含有易混淆的字符：{value}；需要人工复核。',
  },

  // What was not done.
  RULES_NOT_CHECKED: {
    severity: 'info',
    en: 'The rules of EN 16931 were not checked: no rule pack is installed.',
    zh: '未检查 EN 16931 规则：没有安装规则包。',
  },
  RULE_PACK_FAILED: {
    severity: 'warning',
    en: 'The rule pack {pack} stopped; its rules were not checked.',
    zh: '规则包 {pack} 运行中断；规则未检查。',
  },
  SIGNATURE_NOT_CHECKED: {
    severity: 'info',
    en: 'The document carries a signature; it was not checked.',
    zh: '文件带有签名；未验证。',
  },
} as const satisfies Readonly<Record<string, Entry>>;

export type FindingCode = keyof typeof codes;
