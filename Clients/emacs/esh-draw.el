;;; esh-draw.el --- A window of the host as text -*- lexical-binding: t -*-

;;; Commentary:

;; Puts the shape of a window into the current buffer, as text with buttons.  Each button has the property `esh-key',
;; which stays the same when the window is drawn anew, so that point can be put back.

;;; Code:

(require 'seq)
(require 'subr-x)
(require 'esh-words)

(defface esh-title '((t :inherit bold :height 1.2)) "A window's title." :group 'esh)
(defface esh-label '((t :inherit font-lock-variable-name-face)) "A field's label." :group 'esh)
(defface esh-disabled '((t :inherit shadow)) "What can't be used now." :group 'esh)
(defface esh-hint '((t :inherit shadow :slant italic)) "Explanations." :group 'esh)
(defface esh-selected '((t :inherit highlight)) "A selected row." :group 'esh)

(defun esh-draw-true-p (value)
  "Whether VALUE of the wire is true."
  (eq value t))

(defun esh-draw-shown-p (window element)
  "Whether ELEMENT of WINDOW is visible, and on no tab or on the selected one."
  (let ((tab (plist-get element :tab)))
    (and (not (eq (plist-get element :visible) :json-false))
         (or (null tab)
             (seq-find (lambda (known) (and (equal (plist-get known :id) tab)
                                            (esh-draw-true-p (plist-get known :selected))))
                       (plist-get window :tabs))))))

(defun esh-draw-spot (text key action &optional face)
  "Insert TEXT as a button with KEY that calls ACTION."
  (insert-text-button text 'esh-key key 'face (or face 'link) 'follow-link t 'help-echo nil
                      'action (lambda (_button) (funcall action))))

(defun esh-draw-cell (type value)
  "VALUE of a cell or field of TYPE as a person reads it."
  (cond ((null value) "")
        ((eq value t) (esh-word 'yes))
        ((eq value :json-false) (esh-word 'no))
        ((and (equal type "date") (string-match "\\`\\([0-9]+\\)-\\([0-9]+\\)-\\([0-9]+\\)" value))
         (format "%s.%s.%s" (match-string 3 value) (match-string 2 value) (match-string 1 value)))
        (t (replace-regexp-in-string "[ ]*\n[ ]*" " " (format "%s" value)))))

(defun esh-draw-field-text (field)
  "What FIELD shows."
  (let ((type (plist-get field :type)) (value (plist-get field :value)))
    (pcase type
      ("checkbox" (if (esh-draw-true-p value) "[x]" "[ ]"))
      ("password" (if (or (null value) (equal value "")) "" "••••"))
      ("select" (let ((option (seq-find (lambda (known) (equal (plist-get known :value) value))
                                        (plist-get field :options))))
                  (or (plist-get option :title) "")))
      (_ (or (plist-get field :display) (esh-draw-cell type value))))))

(defun esh-draw-field (field act)
  "Insert FIELD; ACT is called with it when a person acts on it."
  (unless (string-empty-p (plist-get field :label))
    (insert (propertize (plist-get field :label) 'face 'esh-label)
            (if (esh-draw-true-p (plist-get field :required)) " *" "") ": "))
  (let ((text (esh-draw-field-text field)))
    (if (equal (plist-get field :type) "label") (insert text)
      (esh-draw-spot (if (string-empty-p text) "____" text) (list 'field (plist-get field :id))
                     (lambda () (funcall act field))
                     (if (esh-draw-true-p (plist-get field :enabled)) 'link 'esh-disabled))))
  (cond ((plist-get field :error) (insert "  " (propertize (plist-get field :error) 'face 'error)))
        ((plist-get field :hint) (insert "  " (propertize (plist-get field :hint) 'face 'esh-hint))))
  (insert "\n"))

(defun esh-draw-button (button act &optional row)
  "Insert BUTTON; ACT is called with it and ROW, the id of the row that it
stands in."
  (esh-draw-spot (format (if (esh-draw-true-p (plist-get button :enabled)) "<%s>" "(%s)") (plist-get button :label)) (list 'button (plist-get button :id) row)
                 (lambda () (funcall act button row))
                 (if (esh-draw-true-p (plist-get button :enabled)) 'link 'esh-disabled))
  (insert " "))

(defun esh-draw--widths (columns rows)
  "How many cells of the screen each of COLUMNS takes with ROWS."
  (mapcar (lambda (column)
            (let ((id (intern (concat ":" (plist-get column :id)))))
              (min 48 (seq-reduce (lambda (width row)
                                    (max width (string-width (esh-draw-cell (plist-get column :type)
                                                                            (plist-get (plist-get row :cells) id)))))
                                  rows (string-width (plist-get column :title))))))
          columns))

(defun esh-draw-fit (text width)
  "TEXT cut or filled to WIDTH cells of the screen."
  (truncate-string-to-width text width nil ?\s "…"))

(defun esh-draw-headings (columns widths sort act)
  "Insert the headings of COLUMNS in WIDTHS; SORT is (id .
descending); ACT is called with a column."
  (insert "  ")
  (cl-mapc (lambda (column width)
             (let ((text (esh-draw-fit (plist-get column :title) width)))
               (if (or (plist-get column :button) (esh-draw-true-p (plist-get column :sortable)))
                   (esh-draw-spot text (list 'heading (plist-get column :id)) (lambda () (funcall act column)) 'bold)
                 (insert (propertize text 'face 'bold))))
             (insert (cond ((not (equal (car sort) (plist-get column :id))) "  ") ((cdr sort) "↓ ") (t "↑ "))))
           columns widths)
  (insert "\n"))

(defun esh-draw-row (table row widths act buttons)
  "Insert ROW of TABLE in WIDTHS; ACT is called with the row and a column;
BUTTONS inserts the row's own buttons."
  (let ((picked (seq-contains-p (plist-get table :selected) (plist-get row :id))))
    (insert (if picked "▸ " "  "))
    (cl-mapc (lambda (column width)
               (let ((value (plist-get (plist-get row :cells) (intern (concat ":" (plist-get column :id))))))
                 (esh-draw-spot (esh-draw-fit (esh-draw-cell (plist-get column :type) value) width)
                                (list 'cell (plist-get table :id) (plist-get row :id) (plist-get column :id))
                                (lambda () (funcall act row column))
                                (cond (picked 'esh-selected)
                                      ((or (plist-get row :emphasis) (plist-get column :emphasis)) 'bold)
                                      (t 'default))))
               (insert "  "))
             (append (plist-get table :columns) nil) widths)
    (funcall buttons row)
    (insert "\n")))

(provide 'esh-draw)
;;; esh-draw.el ends here
