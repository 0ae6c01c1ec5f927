<?php
// Runs the plugin against stand-ins for what it calls: php examples/wordpress/test.php

require __DIR__ . '/../testdata/check.php';

const ABSPATH = '/';

$wp = ['options' => [], 'actions' => [], 'filters' => [], 'blocks' => [], 'shortcodes' => [], 'providers' => [], 'scripts' => [], 'inline' => [], 'settings' => [], 'errors' => [], 'locale' => 'vi'];

function get_option($name, $default = false) { global $wp; return isset($wp['options'][$name]) ? $wp['options'][$name] : $default; }
function get_user_locale() { global $wp; return $wp['locale']; }
function add_action($hook, $do) { global $wp; $wp['actions'][$hook][] = $do; }
function add_filter($hook, $do) { global $wp; $wp['filters'][$hook][] = $do; }
function shortcode_atts($pairs, $atts) { return array_merge($pairs, array_intersect_key($atts, $pairs)); }
function register_block_type($folder, $args) { global $wp; $wp['blocks'][$folder] = $args; }
function add_shortcode($tag, $do) { global $wp; $wp['shortcodes'][$tag] = $do; }
function wp_oembed_add_provider($format, $provider) { global $wp; $wp['providers'][$format] = $provider; }
function wp_enqueue_script($handle, $src, $deps, $version, $args) { global $wp; $wp['scripts'][$handle] = $src; }
function wp_add_inline_script($handle, $data, $position) { global $wp; $wp['inline'][$handle] = $data; }
function wp_json_encode($data) { return json_encode($data); }
function register_setting($group, $name, $args) { global $wp; $wp['settings'][$name] = $args; }
function add_settings_error($setting, $code, $message) { global $wp; $wp['errors'][$setting] = $message; }
function add_options_page($title, $menu, $right, $slug, $do) { global $wp; $wp['page'] = [$right, $do]; }
function current_user_can($right) { return $right === 'manage_options'; }
function settings_fields($group) { echo '<input type="hidden" name="_wpnonce" value="1">'; }
function submit_button() { echo '<input type="submit">'; }
function checked($a, $b) { echo (string) $a === (string) $b ? 'checked="checked"' : ''; }
function esc_html($s) { return htmlspecialchars($s, ENT_QUOTES, 'UTF-8'); }
function esc_attr($s) { return htmlspecialchars($s, ENT_QUOTES, 'UTF-8'); }
function delete_option($name) { global $wp; unset($wp['options'][$name]); }
function run($hook) { global $wp; foreach ($wp['actions'][$hook] as $do) { $do(); } }

require __DIR__ . '/lensan/lensan.php';
checkSnippet('Lensan\WordPress\Snippet');
$golden = golden();

run('init');
Check::same([], $wp['providers'], 'no oEmbed without a server');
Check::same('', lensan_render(['code' => 'K7Q2PX']), 'nothing without a server');

$wp['options']['lensan_host'] = $golden['host'];
run('init');
Check::same(['/go/*', '/nhung/*'], array_map(function ($f) use ($golden) { return substr($f, strlen($golden['host'])); }, array_keys($wp['providers'])), 'oEmbed addresses');
Check::same([$golden['host'] . '/oembed?form=badge'], array_values(array_unique($wp['providers'])), 'oEmbed provider');
$shortcode = $wp['shortcodes']['lensan'];
$block = reset($wp['blocks'])['render_callback'];
$folder = key($wp['blocks']);
foreach ($golden['looks'] as $g) {
    $a = ['code' => $golden['code'], 'style' => $g['style'], 'lang' => $g['lang']];
    Check::same($g['badge'], $shortcode($a), 'shortcode');
    Check::same($g['badge'], $block($a), 'block');
    Check::same($g['text'], $shortcode(['style' => 'text'] + $a), 'shortcode of words');
}
Check::same($golden['looks'][0]['badge'], $shortcode(['code' => 'k7q2px']), 'a code in small letters');
foreach (hostileCodes() as $code) {
    Check::same('', $shortcode(['code' => $code]), 'shortcode ' . json_encode($code));
}
Check::same('', $shortcode(''), '[lensan] without a code');
Check::same([], $wp['scripts'], 'no script unless switched on');
$wp['options']['lensan_code'] = $golden['code'];
Check::same($golden['looks'][0]['badge'], $shortcode(''), '[lensan] with the code of the settings');
$wp['options']['lensan_script'] = '1';
$shortcode('');
Check::same(['lensan' => $golden['host'] . '/w/v1.js'], $wp['scripts'], 'the script, once switched on');
Check::same('<script async src="x"></script>', $wp['filters']['script_loader_tag'][0]('<script src="x"></script>', 'lensan'), 'async where WordPress does not write it');
Check::same('<script src="x"></script>', $wp['filters']['script_loader_tag'][0]('<script src="x"></script>', 'jquery'), 'scripts of others stay');

run('admin_init');
$sanitize = function ($name, $typed) use (&$wp) { return $wp['settings'][$name]['sanitize_callback']($typed); };
Check::same('https://x.vn', $sanitize('lensan_host', ' X.vn/ '), 'an address is put in order');
Check::same($golden['host'], $sanitize('lensan_host', 'javascript:x'), 'a wrong address leaves the old one');
Check::same($golden['code'], $sanitize('lensan_code', '<script>'), 'a wrong code leaves the old one');
Check::same('', $sanitize('lensan_code', ''), 'a code may be taken away');
Check::same('1', $sanitize('lensan_script', 'x"><b>'), 'the switch is on or off');
Check::same(['lensan_host', 'lensan_code'], array_keys($wp['errors']), 'both faults are named');

run('admin_menu');
$wp['options']['lensan_host'] = '"><script>alert(1)</script>';
ob_start();
$wp['page'][1]();
$page = ob_get_clean();
Check::that(strpos($page, '<script') === false && strpos($page, '_wpnonce') !== false, 'the settings page escapes and has its nonce');
Check::same('manage_options', $wp['page'][0], 'only administrators see the settings');
run('enqueue_block_editor_assets');
Check::that(strpos($wp['inline']['lensan-link-editor-script'], '<script') === false, 'the editor gets no address that is not one');

$vi = require __DIR__ . '/lensan/languages/vi.php';
$en = require __DIR__ . '/lensan/languages/en.php';
Check::same(array_keys($vi), array_keys($en), 'the same texts in both languages');
foreach (array_keys(Lensan\WordPress\Snippet::SIZES) as $style) {
    Check::that(isset($vi["style_$style"]), "the style $style has a name");
}
$json = json_decode(file_get_contents($folder . '/block.json'), true);
Check::same('lensan/link', $json['name'], 'block.json');
Check::that(is_file($folder . '/' . substr($json['editorScript'], strlen('file:./'))), 'the editor script is there');
$asset = require $folder . '/block.asset.php';
Check::that(in_array('wp-server-side-render', $asset['dependencies'], true), 'the editor script names what it needs');
Check::done();
