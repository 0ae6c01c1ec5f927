<?php

\defined('_JEXEC') or die;

// Made and escaped by Snippet; empty while the module is not set up.
echo $snippet;
