<?php

if (!defined('NV_ADMIN') or !defined('NV_MAINFILE')) {
    exit('Stop!!!');
}

$lang_translator['author'] = 'Lên Sàn';
$lang_translator['createdate'] = '24/11/2026, 08:00';
$lang_translator['copyright'] = 'Lên Sàn';
$lang_translator['info'] = '';
$lang_translator['langtype'] = 'lang_block';

$lang_block['lensan_host'] = 'Address of the Lên Sàn server';
$lang_block['lensan_code'] = 'Code (six characters)';
$lang_block['lensan_form'] = 'Style';
$lang_block['lensan_form_badge'] = 'Badge';
$lang_block['lensan_form_button'] = 'Button';
$lang_block['lensan_form_card'] = 'Card';
$lang_block['lensan_form_text'] = 'Words only';
$lang_block['lensan_lang'] = 'Language';
$lang_block['lensan_lang_vi'] = 'Vietnamese';
$lang_block['lensan_lang_en'] = 'English';
$lang_block['lensan_script'] = 'Enhancing script';
$lang_block['lensan_script_0'] = 'No';
$lang_block['lensan_script_1'] = 'Yes';
$lang_block['lensan_error_host'] = 'The address must look like https://domain';
$lang_block['lensan_error_code'] = 'A code has six characters and none of 0 O 1 I L U';
