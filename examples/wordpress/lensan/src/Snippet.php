<?php
/**
 * Lên Sàn: the link that a portal shows. This file is the same in every
 * package but for its namespace.
 */

namespace Lensan\WordPress;

/**
 * Makes the snippet of a placement, or nothing at all: a code or an address
 * that is not one gives an empty string, never a broken tag.
 */
final class Snippet
{
    /** Width and height in CSS pixels of each style. */
    const SIZES = ['badge' => [240, 72], 'button' => [240, 48], 'card' => [320, 240]];

    const ALT = [
        'vi' => 'Hỗ trợ hộ sản xuất nông nghiệp lên sàn thương mại điện tử',
        'en' => 'Support for farming households going onto e-commerce marketplaces',
    ];

    /** @return string the code in capitals, '' if it is none */
    public static function code($typed)
    {
        $code = is_string($typed) ? strtoupper(trim($typed)) : '';

        return preg_match('/\A[2-9A-HJKMNP-TV-Z]{6}\z/', $code) ? $code : '';
    }

    /** @return string https://host or https://host:port, '' if it is none */
    public static function host($typed)
    {
        $host = is_string($typed) ? strtolower(rtrim(trim($typed), '/')) : '';
        if ($host !== '' && strpos($host, '://') === false) {
            $host = 'https://' . $host;
        }
        $label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

        return preg_match('/\Ahttps:\/\/' . $label . '(?:\.' . $label . ')+(?::[0-9]{1,5})?\z/', $host) ? $host : '';
    }

    /** @return string link and picture */
    public static function badge($host, $code, $style = 'badge', $lang = 'vi')
    {
        $style = self::style($style);
        list($width, $height) = self::SIZES[$style];
        $lang = self::lang($lang);
        $query = [];
        if ($lang !== 'vi') {
            $query[] = 'lang=' . $lang;
        }
        if ($style !== 'badge') {
            $query[] = 'style=' . $style;
        }
        $src = self::host($host) . '/b/' . self::code($code) . '.svg' . ($query ? '?' . implode('&', $query) : '');

        return self::link($host, $code, '<img src="' . self::escape($src) . '" width="' . $width . '" height="' . $height
            . '" loading="lazy" alt="' . self::escape(self::ALT[$lang]) . '">');
    }

    /** @return string link and words */
    public static function text($host, $code, $lang = 'vi')
    {
        return self::link($host, $code, self::escape(self::ALT[self::lang($lang)]));
    }

    /** @return string address of the script that improves all badges of a page */
    public static function scriptAddress($host)
    {
        return self::host($host) === '' ? '' : self::host($host) . '/w/v1.js';
    }

    /** @return string that script's tag */
    public static function script($host)
    {
        $address = self::scriptAddress($host);

        return $address === '' ? '' : '<script async src="' . self::escape($address) . '"></script>';
    }

    /** @return string the style, 'badge' for one that does not exist */
    public static function style($style)
    {
        return is_string($style) && isset(self::SIZES[$style]) ? $style : 'badge';
    }

    /** @return string the language, 'vi' for one that does not exist */
    public static function lang($lang)
    {
        return is_string($lang) && isset(self::ALT[$lang]) ? $lang : 'vi';
    }

    private static function link($host, $code, $content)
    {
        $host = self::host($host);
        $code = self::code($code);
        if ($host === '' || $code === '') {
            return '';
        }

        return '<a href="' . self::escape($host . '/go/' . $code) . '" target="_blank" rel="noopener">' . $content . '</a>';
    }

    private static function escape($value)
    {
        return htmlspecialchars($value, ENT_COMPAT, 'UTF-8');
    }
}
