// The block in the editor, without a build step: settings in the sidebar, the
// server's own rendering in the page.
(function (blocks, element, components, editor, ServerSideRender) {
  var create = element.createElement;
  var data = window.lensanBlock || { texts: {}, styles: ['badge', 'text'] };
  var text = function (key) { return data.texts[key] || key; };
  var valid = /^[2-9A-HJKMNP-TV-Z]{6}$/;

  blocks.registerBlockType('lensan/link', {
    title: text('block_title'),
    edit: function (props) {
      var a = props.attributes;
      var set = function (name) {
        return function (value) {
          var change = {};
          change[name] = name === 'code' ? value.trim().toUpperCase() : value;
          props.setAttributes(change);
        };
      };
      var option = function (kind) {
        return function (value) { return { value: value, label: text(kind + '_' + value) }; };
      };
      return create(element.Fragment, null,
        create(editor.InspectorControls, null,
          create(components.PanelBody, { title: text('block_title') },
            create(components.TextControl, { label: text('block_code'), value: a.code, maxLength: 6, onChange: set('code') }),
            create(components.SelectControl, { label: text('block_style'), value: a.style, options: data.styles.map(option('style')), onChange: set('style') }),
            create(components.SelectControl, { label: text('block_lang'), value: a.lang, options: ['vi', 'en'].map(option('lang')), onChange: set('lang') })
          )
        ),
        create('div', editor.useBlockProps(),
          data.host && (a.code === '' || valid.test(a.code))
            ? create(ServerSideRender, { block: 'lensan/link', attributes: a })
            : create(components.Placeholder, { label: text('block_title'), instructions: text('block_hint') })
        )
      );
    },
    save: function () { return null; }
  });
})(window.wp.blocks, window.wp.element, window.wp.components, window.wp.blockEditor, window.wp.serverSideRender);
