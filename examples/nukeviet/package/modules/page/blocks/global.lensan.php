<?php

/**
 * Lên Sàn: khối liên kết cho NukeViet 4.5
 */

if (!defined('NV_MAINFILE')) {
    exit('Stop!!!');
}

require_once __DIR__ . '/lensan/Snippet.php';

if (!nv_function_exists('nv_lensan_block')) {
    /**
     * The block's settings as a form.
     *
     * @param string $module
     * @param array  $data_block
     * @param array  $lang_block
     * @return string
     */
    function nv_lensan_config($module, $data_block, $lang_block)
    {
        $row = function ($name, $field) use ($lang_block) {
            return '<div class="form-group"><label class="control-label col-sm-6" for="' . $name . '">' . nv_htmlspecialchars($lang_block[$name])
                . '</label><div class="col-sm-18">' . $field . '</div></div>';
        };
        $input = function ($name, $more) use ($data_block) {
            $value = isset($data_block[$name]) ? $data_block[$name] : '';

            return '<input type="text" class="form-control" id="' . $name . '" name="' . $name . '" value="' . nv_htmlspecialchars($value) . '" ' . $more . '>';
        };
        $select = function ($name, $choices) use ($data_block, $lang_block) {
            $html = '<select class="form-control" id="' . $name . '" name="' . $name . '">';
            foreach ($choices as $choice) {
                $selected = isset($data_block[$name]) && (string) $data_block[$name] === $choice ? ' selected="selected"' : '';
                $html .= '<option value="' . $choice . '"' . $selected . '>' . nv_htmlspecialchars($lang_block[$name . '_' . $choice]) . '</option>';
            }

            return $html . '</select>';
        };

        return $row('lensan_host', $input('lensan_host', 'placeholder="https://"'))
            . $row('lensan_code', $input('lensan_code', 'maxlength="6" placeholder="K7Q2PX"'))
            . $row('lensan_form', $select('lensan_form', array_merge(array_keys(\Lensan\NukeViet\Snippet::SIZES), ['text'])))
            . $row('lensan_lang', $select('lensan_lang', ['vi', 'en']))
            . $row('lensan_script', $select('lensan_script', ['0', '1']));
    }

    /**
     * Checks and returns what the form sent.
     *
     * @param string $module
     * @param array  $lang_block
     * @return array
     */
    function nv_lensan_config_submit($module, $lang_block)
    {
        global $nv_Request;

        $host = \Lensan\NukeViet\Snippet::host($nv_Request->get_string('lensan_host', 'post', ''));
        $code = \Lensan\NukeViet\Snippet::code($nv_Request->get_string('lensan_code', 'post', ''));
        $form = $nv_Request->get_string('lensan_form', 'post', 'badge');
        $error = [];
        if ($host === '') {
            $error[] = $lang_block['lensan_error_host'];
        }
        if ($code === '') {
            $error[] = $lang_block['lensan_error_code'];
        }

        return [
            'error' => $error,
            'config' => [
                'lensan_host' => $host,
                'lensan_code' => $code,
                'lensan_form' => $form === 'text' ? 'text' : \Lensan\NukeViet\Snippet::style($form),
                'lensan_lang' => \Lensan\NukeViet\Snippet::lang($nv_Request->get_string('lensan_lang', 'post', 'vi')),
                'lensan_script' => $nv_Request->get_int('lensan_script', 'post', 0) ? 1 : 0,
            ],
        ];
    }

    /**
     * The block itself, '' while it is not set up.
     *
     * @param array $block_config
     * @return string
     */
    function nv_lensan_block($block_config)
    {
        $config = array_merge(['lensan_host' => '', 'lensan_code' => '', 'lensan_form' => 'badge', 'lensan_lang' => 'vi', 'lensan_script' => 0], $block_config);
        if ($config['lensan_form'] === 'text') {
            $html = \Lensan\NukeViet\Snippet::text($config['lensan_host'], $config['lensan_code'], $config['lensan_lang']);
        } else {
            $html = \Lensan\NukeViet\Snippet::badge($config['lensan_host'], $config['lensan_code'], $config['lensan_form'], $config['lensan_lang']);
        }
        if ($html !== '' && !empty($config['lensan_script'])) {
            $html .= \Lensan\NukeViet\Snippet::script($config['lensan_host']);
        }

        return $html;
    }
}

if (defined('NV_SYSTEM')) {
    $content = nv_lensan_block($block_config);
}
