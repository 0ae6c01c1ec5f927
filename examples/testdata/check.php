<?php
// What the tests of the PHP packages share: golden snippets, counting, and the
// checks that every copy of Snippet.php must pass. Warnings are failures.

set_error_handler(function ($level, $message, $file, $line) {
    throw new ErrorException($message, 0, $level, $file, $line);
});

final class Check
{
    public static $passed = 0;
    public static $failed = 0;

    public static function same($want, $got, $what)
    {
        if ($want === $got) {
            self::$passed++;

            return;
        }
        self::$failed++;
        fwrite(STDERR, "$what\n  want " . var_export($want, true) . "\n  got  " . var_export($got, true) . "\n");
    }

    public static function that($holds, $what)
    {
        self::same(true, (bool) $holds, $what);
    }

    /** Prints the sum and ends. */
    public static function done()
    {
        echo self::$passed, ' passed, ', self::$failed, " failed\n";
        exit(self::$failed || !self::$passed ? 1 : 0);
    }
}

/** The snippets that the server hands out, by language and style. */
function golden()
{
    return json_decode(file_get_contents(__DIR__ . '/snippets.json'), true);
}

/** What nobody may get through: each is typed for a code. */
function hostileCodes()
{
    return ['', 'K7Q2P', 'K7Q2PXX', 'K7Q2P0', 'K7Q2PO', 'K7Q2PL', 'K7Q2PU', "K7Q2PX\"><script>alert(1)</script>", "K7Q2P'", "K7Q2P\0", "K7Q\n2PX", '../../x', 'K7Q2PẾ', null, ['K7Q2PX'], 723456];
}

/** … and each of these for the server. */
function hostileHosts()
{
    return ['', 'http://lensan.example.vn', 'javascript:alert(1)', 'https://', 'https://localhost', '//lensan.example.vn', 'https://lensan.example.vn/"onload="x', 'https://lensan.example.vn" onload="x',
        "https://lensan.example.vn\nx", 'https://lensan.example.vn/path', 'https://user@lensan.example.vn', 'https://lensan.example.vn?x', 'https://lensan.example.vn#x', 'https://-x.vn', 'https://x..vn',
        'https://lensan.example.vn:999999', 'data:text/html,x', '<script>', null, ['https://lensan.example.vn']];
}

/** Checks a copy of Snippet.php. */
function checkSnippet($class)
{
    $golden = golden();
    foreach ($golden['looks'] as $g) {
        Check::that(isset($class::SIZES[$g['style']]), "$class has the style {$g['style']}");
        Check::same($g['badge'], $class::badge($golden['host'], $golden['code'], $g['style'], $g['lang']), "badge {$g['lang']} {$g['style']}");
        Check::same($g['text'], $class::text($golden['host'], $golden['code'], $g['lang']), "text {$g['lang']}");
    }
    Check::same($golden['script'], $class::script($golden['host']), 'script');
    Check::same($golden['looks'][0]['badge'], $class::badge(' LENSAN.example.vn/ ', ' k7q2px ', 'no such style', 'fr'), 'typed with a careless hand');
    Check::same('https://x.vn:8443', $class::host('https://x.vn:8443'), 'a port');
    foreach (hostileCodes() as $code) {
        Check::same('', $class::badge($golden['host'], $code), 'code ' . json_encode($code));
        Check::same('', $class::text($golden['host'], $code), 'code ' . json_encode($code));
    }
    foreach (hostileHosts() as $host) {
        Check::same('', $class::badge($host, $golden['code']), 'host ' . json_encode($host));
        Check::same('', $class::script($host), 'host ' . json_encode($host));
    }
    foreach (['"><script>', "'", ['badge'], null] as $word) {
        Check::same($golden['looks'][0]['badge'], $class::badge($golden['host'], $golden['code'], $word, $word), 'style ' . json_encode($word));
    }
}
