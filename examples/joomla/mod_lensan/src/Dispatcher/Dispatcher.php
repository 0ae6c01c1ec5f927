<?php

namespace Lensan\Module\Lensan\Site\Dispatcher;

\defined('_JEXEC') or die;

use Joomla\CMS\Dispatcher\AbstractModuleDispatcher;
use Lensan\Module\Lensan\Site\Snippet;

/**
 * Makes the snippet from the module's parameters for the layout.
 */
class Dispatcher extends AbstractModuleDispatcher
{
    protected function getLayoutData()
    {
        $data   = parent::getLayoutData();
        $params = $data['params'];
        $host   = $params->get('host', '');
        $code   = $params->get('code', '');
        $style  = $params->get('style', 'badge');
        $lang   = $params->get('lang', 'vi');

        $data['snippet'] = $style === 'text' ? Snippet::text($host, $code, $lang) : Snippet::badge($host, $code, $style, $lang);

        if ($data['snippet'] !== '' && $params->get('script', 0)) {
            $this->app->getDocument()->getWebAssetManager()
                ->registerAndUseScript('lensan', Snippet::scriptAddress($host), ['version' => ''], ['async' => true]);
        }

        return $data;
    }
}
