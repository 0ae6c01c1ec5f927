<?php
// Runs WordPress's own wp_kses_post on a JSON list from standard input. The
// few functions it calls beyond its own file stand in for the rest of WordPress.

define('ABSPATH', '/');
$allowedposttags = $allowedtags = $allowedentitynames = $allowedxmlentitynames = null;

function apply_filters($name, $value) { return $value; }
function add_filter() {}
function remove_filter() {}
function wp_allowed_protocols() {
    return ['http', 'https', 'ftp', 'ftps', 'mailto', 'news', 'irc', 'tel', 'sms'];
}
function did_action() { return 1; }
function _doing_it_wrong() {}
function get_option() { return 'UTF-8'; }
function wp_parse_url($url, $component = -1) { return parse_url($url, $component); }
function wp_specialchars_decode($text) { return htmlspecialchars_decode($text); }

require $argv[1];

$out = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $source) {
    $out[] = wp_kses_post($source);
}
echo json_encode($out, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
