<?php
// Runs the block plugin against stand-ins for what it calls: php examples/drupal/test.php

namespace Drupal\Core\Form {
    interface FormStateInterface {}
}

namespace Drupal\Core\Render {
    final class Markup { private $s; public static function create($s) { $m = new self(); $m->s = $s; return $m; } public function __toString() { return $this->s; } }
}

namespace Drupal\Core\Block {
    class BlockBase
    {
        public $configuration;
        public function __construct($configuration = []) { $this->configuration = $configuration + $this->defaultConfiguration(); }
        public function t($text) { return $text; }
    }
}

namespace {
    require __DIR__ . '/../testdata/check.php';
    require __DIR__ . '/lensan/src/Snippet.php';
    require __DIR__ . '/lensan/src/Plugin/Block/LensanBlock.php';

    use Drupal\lensan\Plugin\Block\LensanBlock;

    final class State implements Drupal\Core\Form\FormStateInterface
    {
        public $errors = [];
        private $values;
        public function __construct($values) { $this->values = $values; }
        public function getValue($name) { return isset($this->values[$name]) ? $this->values[$name] : null; }
        public function setErrorByName($name, $message) { $this->errors[$name] = $message; }
    }

    checkSnippet('Drupal\lensan\Snippet');
    $golden = golden();

    foreach ($golden['looks'] as $g) {
        $c = ['host' => $golden['host'], 'code' => $golden['code'], 'style' => $g['style'], 'lang' => $g['lang']];
        $build = (new LensanBlock($c))->build();
        Check::same($g['badge'], (string) $build['#markup'], 'block');
        Check::that(!isset($build['#attached']), 'no script unless switched on');
        Check::same($g['text'], (string) (new LensanBlock(['style' => 'text'] + $c))->build()['#markup'], 'block of words');
        $head = (new LensanBlock(['script' => true] + $c))->build()['#attached']['html_head'][0];
        Check::same(['#tag' => 'script', '#attributes' => ['async' => true, 'src' => $golden['host'] . '/w/v1.js']], $head[0], 'the script, once switched on');
    }
    Check::same([], (new LensanBlock())->build(), 'a block that is not set up');
    foreach (hostileCodes() as $code) {
        Check::same([], (new LensanBlock(['host' => $golden['host'], 'code' => $code, 'script' => true]))->build(), 'block ' . json_encode($code));
    }

    $block = new LensanBlock();
    $state = new State(['host' => 'javascript:x', 'code' => '<b>']);
    $block->blockValidate([], $state);
    Check::same(['host', 'code'], array_keys($state->errors), 'both faults are named');
    $state = new State(['host' => $golden['host'] . '/', 'code' => 'k7q2px', 'style' => '<b>', 'lang' => 'en', 'script' => '1']);
    $block->blockValidate([], $state);
    Check::same([], $state->errors, 'a right form has no fault');
    $block->blockSubmit([], $state);
    Check::same(['host' => $golden['host'], 'code' => 'K7Q2PX', 'style' => 'badge', 'lang' => 'en', 'script' => true], $block->configuration, 'what is saved');
    $form = $block->blockForm([], new State([]));
    Check::same(array_merge(array_keys(Drupal\lensan\Snippet::SIZES), ['text']), array_keys($form['style']['#options']), 'the form offers every style');
    Check::same(array_keys($block->defaultConfiguration()), array_keys($form), 'a field for every setting');

    $schema = file_get_contents(__DIR__ . '/lensan/config/schema/lensan.schema.yml');
    foreach (array_keys($form) as $key) {
        Check::that(strpos($schema, "    $key:\n") !== false, "the schema describes $key");
    }
    Check::that(strpos($schema, 'block.settings.lensan_link:') === 0, 'the schema is the block’s');
    Check::done();
}
