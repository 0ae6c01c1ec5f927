<?php

if (!defined('NV_ADMIN') or !defined('NV_MAINFILE')) {
    exit('Stop!!!');
}

$lang_translator['author'] = 'Lên Sàn';
$lang_translator['createdate'] = '24/11/2026, 08:00';
$lang_translator['copyright'] = 'Lên Sàn';
$lang_translator['info'] = '';
$lang_translator['langtype'] = 'lang_block';

$lang_block['lensan_host'] = 'Địa chỉ máy chủ Lên Sàn';
$lang_block['lensan_code'] = 'Mã (sáu ký tự)';
$lang_block['lensan_form'] = 'Kiểu';
$lang_block['lensan_form_badge'] = 'Huy hiệu';
$lang_block['lensan_form_button'] = 'Nút';
$lang_block['lensan_form_card'] = 'Thẻ';
$lang_block['lensan_form_text'] = 'Chỉ chữ';
$lang_block['lensan_lang'] = 'Ngôn ngữ';
$lang_block['lensan_lang_vi'] = 'Tiếng Việt';
$lang_block['lensan_lang_en'] = 'Tiếng Anh';
$lang_block['lensan_script'] = 'Tập lệnh nâng cao';
$lang_block['lensan_script_0'] = 'Không';
$lang_block['lensan_script_1'] = 'Có';
$lang_block['lensan_error_host'] = 'Địa chỉ máy chủ phải có dạng https://ten-mien';
$lang_block['lensan_error_code'] = 'Mã gồm sáu ký tự, không có các ký tự 0 O 1 I L U';
