<?php
// Runs the module against stand-ins for what it calls: php examples/joomla/test.php

namespace Joomla\DI {
    interface ServiceProviderInterface { public function register(Container $container); }
    class Container { public $providers = []; public function registerServiceProvider($p) { $this->providers[] = $p; } }
}

namespace Joomla\CMS\Extension\Service\Provider {
    class Module {}
    class ModuleDispatcherFactory { public $namespace; public function __construct($namespace) { $this->namespace = $namespace; } }
}

namespace Joomla\CMS\Dispatcher {
    class AbstractModuleDispatcher
    {
        protected $app;
        private $params;
        public function __construct($app, $params) { $this->app = $app; $this->params = $params; }
        protected function getLayoutData() { return ['params' => $this->params]; }
        public function data() { return $this->getLayoutData(); }
    }
}

namespace {
    require __DIR__ . '/../testdata/check.php';

    const _JEXEC = 1;

    final class Params
    {
        private $values;
        public function __construct($values) { $this->values = $values; }
        public function get($name, $default = null) { return isset($this->values[$name]) ? $this->values[$name] : $default; }
    }

    final class App
    {
        public $scripts = [];
        public function getDocument() { return $this; }
        public function getWebAssetManager() { return $this; }
        public function registerAndUseScript($name, $address, $options, $attributes) { $this->scripts[$name] = [$address, $attributes]; return $this; }
    }

    $folder = __DIR__ . '/mod_lensan/';
    require $folder . 'src/Snippet.php';
    require $folder . 'src/Dispatcher/Dispatcher.php';
    checkSnippet('Lensan\Module\Lensan\Site\Snippet');
    $golden = golden();

    $show = function ($values) use ($folder, &$app) {
        $app = new App();
        $dispatcher = new Lensan\Module\Lensan\Site\Dispatcher\Dispatcher($app, new Params($values));
        extract($dispatcher->data());
        ob_start();
        include $folder . 'tmpl/default.php';

        return ob_get_clean();
    };
    foreach ($golden['looks'] as $g) {
        $values = ['host' => $golden['host'], 'code' => $golden['code'], 'style' => $g['style'], 'lang' => $g['lang']];
        Check::same($g['badge'], $show($values), 'module');
        Check::same($g['text'], $show(['style' => 'text'] + $values), 'module of words');
        Check::same([], $app->scripts, 'no script unless switched on');
        $show(['script' => 1] + $values);
        Check::same(['lensan' => [$golden['host'] . '/w/v1.js', ['async' => true]]], $app->scripts, 'the script, once switched on');
    }
    Check::same('', $show([]), 'a module that is not set up');
    foreach (hostileCodes() as $code) {
        Check::same('', $show(['host' => $golden['host'], 'code' => $code, 'script' => 1]), 'module ' . json_encode($code));
        Check::same([], $app->scripts, 'no script without a badge');
    }

    $container = new Joomla\DI\Container();
    (require $folder . 'services/provider.php')->register($container);
    Check::same('\\Lensan\\Module\\Lensan', $container->providers[0]->namespace, 'the namespace of the manifest');
    Check::same(2, count($container->providers), 'two services');

    $manifest = file_get_contents($folder . 'mod_lensan.xml');
    $texts = [];
    foreach (['vi-VN', 'en-GB'] as $lang) {
        $texts[$lang] = parse_ini_file($folder . "language/$lang/mod_lensan.ini");
        Check::same(['MOD_LENSAN', 'MOD_LENSAN_XML_DESCRIPTION'], array_keys(parse_ini_file($folder . "language/$lang/mod_lensan.sys.ini")), "$lang: the texts of the installer");
    }
    Check::same(array_keys($texts['vi-VN']), array_keys($texts['en-GB']), 'the same texts in both languages');
    preg_match_all('/MOD_LENSAN_[A-Z_]+/', $manifest, $keys);
    foreach ($keys[0] as $key) {
        Check::that(isset($texts['vi-VN'][$key]), "$key has a text");
    }
    foreach (array_keys(Lensan\Module\Lensan\Site\Snippet::SIZES) as $style) {
        Check::that(strpos($manifest, '<option value="' . $style . '">') !== false, "the manifest offers $style");
    }
    Check::done();
}
