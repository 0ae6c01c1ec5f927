<?php
if (!defined('WP_UNINSTALL_PLUGIN')) {
    exit;
}

foreach (['lensan_host', 'lensan_code', 'lensan_script'] as $option) {
    delete_option($option);
}
