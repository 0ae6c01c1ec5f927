<?php
/**
 * The page Settings → Lên Sàn.
 */

if (!defined('ABSPATH')) {
    exit;
}

use Lensan\WordPress\Snippet;

/** Keeps the old value and says why when an address is not one. */
function lensan_sanitize_host($typed)
{
    $host = Snippet::host($typed);
    if ($host === '' && trim((string) $typed) !== '') {
        add_settings_error('lensan_host', 'lensan_host', lensan_text('error_host'));

        return get_option('lensan_host', '');
    }

    return $host;
}

/** Keeps the old value and says why when a code is not one. */
function lensan_sanitize_code($typed)
{
    $code = Snippet::code($typed);
    if ($code === '' && trim((string) $typed) !== '') {
        add_settings_error('lensan_code', 'lensan_code', lensan_text('error_code'));

        return get_option('lensan_code', '');
    }

    return $code;
}

function lensan_sanitize_script($typed)
{
    return $typed ? '1' : '';
}

add_action('admin_init', function () {
    register_setting('lensan', 'lensan_host', ['type' => 'string', 'sanitize_callback' => 'lensan_sanitize_host', 'default' => '']);
    register_setting('lensan', 'lensan_code', ['type' => 'string', 'sanitize_callback' => 'lensan_sanitize_code', 'default' => '']);
    register_setting('lensan', 'lensan_script', ['type' => 'string', 'sanitize_callback' => 'lensan_sanitize_script', 'default' => '']);
});

add_action('admin_menu', function () {
    add_options_page('Lên Sàn', 'Lên Sàn', 'manage_options', 'lensan', 'lensan_settings_page');
});

function lensan_settings_page()
{
    if (!current_user_can('manage_options')) {
        return;
    }
    ?>
<div class="wrap">
<h1>Lên Sàn</h1>
<form action="options.php" method="post">
<?php settings_fields('lensan'); ?>
<table class="form-table" role="presentation">
<tr><th scope="row"><label for="lensan_host"><?php echo esc_html(lensan_text('host')); ?></label></th>
<td><input class="regular-text" type="url" id="lensan_host" name="lensan_host" placeholder="https://" value="<?php echo esc_attr(get_option('lensan_host', '')); ?>"></td></tr>
<tr><th scope="row"><label for="lensan_code"><?php echo esc_html(lensan_text('code')); ?></label></th>
<td><input type="text" id="lensan_code" name="lensan_code" maxlength="6" size="8" value="<?php echo esc_attr(get_option('lensan_code', '')); ?>"></td></tr>
<tr><th scope="row"><?php echo esc_html(lensan_text('script')); ?></th>
<td><label><input type="checkbox" name="lensan_script" value="1" <?php checked(get_option('lensan_script', ''), '1'); ?>> <?php echo esc_html(lensan_text('script_hint')); ?></label></td></tr>
</table>
<?php submit_button(); ?>
</form>
</div>
    <?php
}
