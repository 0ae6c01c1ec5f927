<?php

namespace Drupal\lensan\Plugin\Block;

use Drupal\Core\Block\BlockBase;
use Drupal\Core\Form\FormStateInterface;
use Drupal\Core\Render\Markup;
use Drupal\lensan\Snippet;

/**
 * The link of Lên Sàn.
 *
 * @Block(
 *   id = "lensan_link",
 *   admin_label = @Translation("Lên Sàn"),
 *   category = @Translation("Lên Sàn")
 * )
 */
class LensanBlock extends BlockBase {

  /**
   * {@inheritdoc}
   */
  public function defaultConfiguration() {
    return ['host' => '', 'code' => '', 'style' => 'badge', 'lang' => 'vi', 'script' => FALSE];
  }

  /**
   * {@inheritdoc}
   */
  public function blockForm($form, FormStateInterface $form_state) {
    $styles = ['badge' => 'Huy hiệu / Badge', 'button' => 'Nút / Button', 'card' => 'Thẻ / Card'];
    $form['host'] = [
      '#type' => 'url',
      '#title' => $this->t('Địa chỉ máy chủ Lên Sàn / Server'),
      '#default_value' => $this->configuration['host'],
      '#attributes' => ['placeholder' => 'https://'],
      '#required' => TRUE,
    ];
    $form['code'] = [
      '#type' => 'textfield',
      '#title' => $this->t('Mã / Code'),
      '#default_value' => $this->configuration['code'],
      '#maxlength' => 6,
      '#size' => 8,
      '#required' => TRUE,
    ];
    $form['style'] = [
      '#type' => 'select',
      '#title' => $this->t('Kiểu / Style'),
      '#options' => array_intersect_key($styles, Snippet::SIZES) + ['text' => 'Chỉ chữ / Words only'],
      '#default_value' => $this->configuration['style'],
    ];
    $form['lang'] = [
      '#type' => 'select',
      '#title' => $this->t('Ngôn ngữ / Language'),
      '#options' => ['vi' => 'Tiếng Việt', 'en' => 'English'],
      '#default_value' => $this->configuration['lang'],
    ];
    $form['script'] = [
      '#type' => 'checkbox',
      '#title' => $this->t('Tập lệnh nâng cao / Enhancing script'),
      '#default_value' => $this->configuration['script'],
    ];
    return $form;
  }

  /**
   * {@inheritdoc}
   */
  public function blockValidate($form, FormStateInterface $form_state) {
    if (Snippet::host($form_state->getValue('host')) === '') {
      $form_state->setErrorByName('host', $this->t('Địa chỉ phải có dạng https://ten-mien. The address must look like https://domain.'));
    }
    if (Snippet::code($form_state->getValue('code')) === '') {
      $form_state->setErrorByName('code', $this->t('Mã gồm sáu ký tự, không có 0 O 1 I L U. A code has six characters and none of 0 O 1 I L U.'));
    }
  }

  /**
   * {@inheritdoc}
   */
  public function blockSubmit($form, FormStateInterface $form_state) {
    $style = $form_state->getValue('style');
    $this->configuration['host'] = Snippet::host($form_state->getValue('host'));
    $this->configuration['code'] = Snippet::code($form_state->getValue('code'));
    $this->configuration['style'] = $style === 'text' ? 'text' : Snippet::style($style);
    $this->configuration['lang'] = Snippet::lang($form_state->getValue('lang'));
    $this->configuration['script'] = (bool) $form_state->getValue('script');
  }

  /**
   * {@inheritdoc}
   */
  public function build() {
    $c = $this->configuration;
    $html = $c['style'] === 'text' ? Snippet::text($c['host'], $c['code'], $c['lang']) : Snippet::badge($c['host'], $c['code'], $c['style'], $c['lang']);
    if ($html === '') {
      return [];
    }
    // Snippet has checked and escaped every part.
    $build = ['#markup' => Markup::create($html)];
    if ($c['script']) {
      $build['#attached']['html_head'][] = [
        ['#tag' => 'script', '#attributes' => ['async' => TRUE, 'src' => Snippet::scriptAddress($c['host'])]],
        'lensan',
      ];
    }
    return $build;
  }

}
