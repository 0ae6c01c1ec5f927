<?php
// Runs the NukeViet block against stand-ins for what it calls: php examples/nukeviet/test.php

require __DIR__ . '/../testdata/check.php';

const NV_MAINFILE = true;
const NV_ADMIN = true;

function nv_function_exists($name) { return function_exists($name); }
function nv_htmlspecialchars($s) { return htmlspecialchars((string) $s, ENT_QUOTES, 'UTF-8'); }

final class Request
{
    private $post;
    public function __construct($post) { $this->post = $post; }
    public function get_string($name, $mode, $default = null) { return isset($this->post[$name]) ? (string) $this->post[$name] : $default; }
    public function get_int($name, $mode, $default = null) { return isset($this->post[$name]) ? (int) $this->post[$name] : $default; }
}

$folder = __DIR__ . '/package/modules/page/';
require $folder . 'blocks/global.lensan.php';
checkSnippet('Lensan\NukeViet\Snippet');
$golden = golden();

foreach (['vi', 'en'] as $lang) {
    $lang_block = [];
    require $folder . "language/block.global.lensan_$lang.php";
    $all[$lang] = $lang_block;
}
Check::same(array_keys($all['vi']), array_keys($all['en']), 'the same texts in both languages');

$form = nv_lensan_config('page', ['lensan_host' => '"><script>alert(1)</script>', 'lensan_code' => 'K7Q2PX', 'lensan_form' => 'text', 'lensan_lang' => 'en', 'lensan_script' => 1], $all['vi']);
Check::that(strpos($form, '<script') === false, 'the form escapes what was saved');
Check::same(3, substr_count($form, 'selected="selected"'), 'three choices are selected');
Check::that(strpos($form, 'value="K7Q2PX"') !== false, 'the form shows the code');

$nv_Request = new Request(['lensan_host' => $golden['host'] . '/', 'lensan_code' => 'k7q2px', 'lensan_form' => 'button', 'lensan_lang' => 'en', 'lensan_script' => '1']);
$saved = nv_lensan_config_submit('page', $all['vi']);
Check::same([], $saved['error'], 'a right form has no fault');
Check::same(['lensan_host' => $golden['host'], 'lensan_code' => 'K7Q2PX', 'lensan_form' => 'button', 'lensan_lang' => 'en', 'lensan_script' => 1], $saved['config'], 'what is saved');

$nv_Request = new Request(['lensan_host' => 'javascript:x', 'lensan_code' => '<b>', 'lensan_form' => '<b>', 'lensan_lang' => '<b>']);
$wrong = nv_lensan_config_submit('page', $all['vi']);
Check::same([$all['vi']['lensan_error_host'], $all['vi']['lensan_error_code']], $wrong['error'], 'both faults are named');
Check::that(strpos(json_encode($wrong['config']), '<') === false, 'nothing wrong is saved');

foreach ($golden['looks'] as $g) {
    $config = ['lensan_host' => $golden['host'], 'lensan_code' => $golden['code'], 'lensan_form' => $g['style'], 'lensan_lang' => $g['lang'], 'lensan_script' => 0];
    Check::same($g['badge'], nv_lensan_block($config), 'block');
    Check::same($g['badge'] . $golden['script'], nv_lensan_block(['lensan_script' => 1] + $config), 'block with script');
    Check::same($g['text'], nv_lensan_block(['lensan_form' => 'text'] + $config), 'block of words');
}
Check::same('', nv_lensan_block([]), 'a block that is not set up');
Check::same('', nv_lensan_block(['lensan_host' => $golden['host'], 'lensan_code' => '"><script>', 'lensan_script' => 1]), 'no script without a badge');

const NV_SYSTEM = true;
$block_config = $config;
include $folder . 'blocks/global.lensan.php';
Check::same(nv_lensan_block($config), $content, 'the page gets $content');

$xml = file_get_contents($folder . 'blocks/global.lensan.ini');
foreach (array_keys($saved['config']) as $key) {
    Check::that(strpos($xml, "<$key>") !== false && isset($all['vi'][$key]), "$key stands in the ini and has a name");
}
foreach (array_keys(Lensan\NukeViet\Snippet::SIZES) as $style) {
    Check::that(isset($all['vi']["lensan_form_$style"]), "the style $style has a name");
}
foreach (['nv_lensan_config' => 'datafunction', 'nv_lensan_config_submit' => 'submitfunction'] as $function => $tag) {
    Check::that(function_exists($function) && strpos($xml, "<$tag>$function</$tag>") !== false, "$tag is $function");
}
$config = parse_ini_file(__DIR__ . '/package/config.ini', true);
Check::same(['block', 'lensan'], [$config['extension']['type'], $config['extension']['name']], 'config.ini names the kind');
Check::that(isset($config['extension']['id'], $config['extension']['version'], $config['author']['name'], $config['author']['email'], $config['note']['text']), 'config.ini has what the installer asks for');
Check::done();
