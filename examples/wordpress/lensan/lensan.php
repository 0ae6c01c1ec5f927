<?php
/**
 * Plugin Name: Lên Sàn
 * Description: Liên kết hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử: khối, mã ngắn [lensan code="K7Q2PX"] và oEmbed. The link of Lên Sàn as a block, a shortcode and an oEmbed provider.
 * Version: 1.0.0
 * Requires at least: 5.8
 * Requires PHP: 7.0
 * Author: Lên Sàn
 * License: Apache-2.0
 * Text Domain: lensan
 */

if (!defined('ABSPATH')) {
    exit;
}

require_once __DIR__ . '/src/Snippet.php';
require_once __DIR__ . '/src/settings.php';

use Lensan\WordPress\Snippet;

/** A text of the plugin in the language of the site: Vietnamese or English. */
function lensan_text($key)
{
    static $texts = [];
    $lang = strpos(get_user_locale(), 'vi') === 0 ? 'vi' : 'en';
    if (!isset($texts[$lang])) {
        $texts[$lang] = require __DIR__ . '/languages/' . $lang . '.php';
    }

    return isset($texts[$lang][$key]) ? $texts[$lang][$key] : $key;
}

/** The snippet for attributes of a block or a shortcode, '' if they are not valid. */
function lensan_render($attributes)
{
    $a = shortcode_atts(['code' => '', 'style' => 'badge', 'lang' => 'vi'], is_array($attributes) ? $attributes : [], 'lensan');
    $host = get_option('lensan_host', '');
    $code = Snippet::code($a['code']) !== '' ? $a['code'] : get_option('lensan_code', '');
    $html = $a['style'] === 'text' ? Snippet::text($host, $code, $a['lang']) : Snippet::badge($host, $code, $a['style'], $a['lang']);
    if ($html !== '' && get_option('lensan_script', '')) {
        wp_enqueue_script('lensan', Snippet::scriptAddress($host), [], null, ['strategy' => 'async', 'in_footer' => true]);
    }

    return $html;
}

add_action('init', function () {
    register_block_type(__DIR__ . '/block', ['render_callback' => 'lensan_render']);
    add_shortcode('lensan', 'lensan_render');

    $host = Snippet::host(get_option('lensan_host', ''));
    if ($host !== '') {
        wp_oembed_add_provider($host . '/go/*', $host . '/oembed?form=badge');
        wp_oembed_add_provider($host . '/nhung/*', $host . '/oembed?form=badge');
    }
});

add_action('enqueue_block_editor_assets', function () {
    $texts = [];
    foreach (['block_title', 'block_code', 'block_style', 'block_lang', 'block_hint', 'style_badge', 'style_button', 'style_card', 'style_text', 'lang_vi', 'lang_en'] as $key) {
        $texts[$key] = lensan_text($key);
    }
    $data = ['texts' => $texts, 'styles' => array_merge(array_keys(Snippet::SIZES), ['text']), 'host' => Snippet::host(get_option('lensan_host', ''))];
    wp_add_inline_script('lensan-link-editor-script', 'window.lensanBlock = ' . wp_json_encode($data) . ';', 'before');
});

/** WordPress before 6.3 has no strategy for scripts. */
add_filter('script_loader_tag', function ($tag, $handle) {
    return $handle === 'lensan' && strpos($tag, ' async') === false ? str_replace('<script ', '<script async ', $tag) : $tag;
}, 10, 2);
