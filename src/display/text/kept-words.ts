// Words that a line break would tear apart: names of several words, and Vietnamese words, whose syllables are written apart.
// Only words that occur in the language files; whatever is not here breaks as its language does.

import type { Language } from '../../core/screens.ts';

const JAPANESE = ['マイナンバーカード', '市区町村の窓口', '医療機関', '利用者証明用'];

const VIETNAMESE =
  'đồng ý|My Number|mã PIN|mã số|chữ số|khuôn mặt|xác nhận|danh tính|nhân viên|quý khách|vui lòng|thông tin|cung cấp|trước đây|' +
  'cơ sở y tế|khám bệnh|chữa bệnh|khám sức khỏe|phẫu thuật|điều trị|đặc biệt|chứng thư|chứng thực|điện tử|người dùng|tiếp nhận|đăng ký|' +
  'ủy ban thành phố|ủy ban|hướng dẫn|gia hạn|hết hạn|bất lợi|như thường|màn hình|hình ảnh|kết nối|kết quả|chuẩn bị|khởi động|liên tiếp|' +
  'chấp thuận|đơn thuốc|sử dụng|tự động|hoạt động|bây giờ|thanh toán|nhà thuốc|ánh sáng|khẩu trang|di chuyển|một chút|một lát|' +
  'kiểm tra|máy tính|thẻ khác|cách khác|nhận diện|thời hạn|thời gian|an toàn|nội dung|giấy chứng nhận|tình trạng|cơ thể|bảo hiểm|' +
  'mở khóa|thủ tục|thao tác|quầy tiếp nhận|xin lỗi|lái xe|giao thông|điện thoại|bàn phím|âm lượng|lần nữa|lần cuối';

const KEPT: Readonly<Record<Language, readonly string[]>> = {
  ja: JAPANESE,
  en: ['My Number Card', 'face recognition', 'driving licence', '4 digits', '市区町村の窓口'],
  'zh-Hans': ['健康检查', 'マイナンバーカード', '市区町村窗口', '市区町村の窓口', '个人编号卡', '解锁', '其他方法', '工作人员', '前台'],
  ko: ['マイナンバーカード', '市区町村の窓口'],
  vi: ['マイナンバーカード', '市区町村の窓口', ...VIETNAMESE.split('|')],
  'ja-simple': JAPANESE,
};

/** Places inside `text` (UTF-16 offsets) where a line of this language may not break. */
export const insideKeptWords = (text: string, language: Language): ReadonlySet<number> => {
  const inside = new Set<number>();
  const lower = text.toLowerCase();
  for (const word of KEPT[language]) {
    const wanted = word.toLowerCase();
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1))
      for (let i = at + 1; i < at + wanted.length; i += 1) inside.add(i);
  }
  return inside;
};
