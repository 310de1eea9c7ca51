;;; esh-table.el --- A table of a window as text -*- lexical-binding: t -*-

;;; Code:

(require 'seq)
(require 'esh-act)
(require 'esh-draw)
(require 'esh-rows)

(defun esh-table--buttons (window table)
  "Insert the buttons over TABLE of WINDOW."
  (let ((start (point)))
    (seq-doseq (button (plist-get window :buttons))
      (when (and (equal (plist-get button :table) (plist-get table :id))
                 (not (esh-draw-true-p (plist-get button :row)))
                 (esh-draw-shown-p window button))
        (esh-draw-button button (lambda (button row) (esh-act-press window button row)))))
    (unless (= start (point)) (insert "\n"))))

(defun esh-table--row-buttons (window row)
  "Insert the buttons that ROW of WINDOW has."
  (seq-doseq (id (plist-get row :actions))
    (seq-doseq (button (plist-get window :buttons))
      (when (equal (plist-get button :id) id)
        (esh-draw-button button (lambda (button row) (esh-act-press window button row)) (plist-get row :id))))))

(defun esh-table--heading (window rows column redraw)
  "A person chose the heading COLUMN of a table in WINDOW, which has ROWS;
REDRAW shows them sorted."
  (let ((button (plist-get column :button)))
    (if button
        (esh-act-press window (seq-find (lambda (known) (equal (plist-get known :id) button))
                                        (plist-get window :buttons))
                       nil)
      (esh-rows-sort-by rows (plist-get column :id))
      (esh-rows-reload rows)
      (funcall redraw))))

(defun esh-table-draw (window table rows redraw)
  "Insert TABLE of WINDOW with ROWS; REDRAW shows them when they are others."
  (insert "\n")
  (when (plist-get table :title) (insert (propertize (plist-get table :title) 'face 'esh-label) "\n"))
  (esh-table--buttons window table)
  (when (esh-rows-search rows)
    (insert (esh-word-format 'found (esh-rows-search rows) (esh-rows-total rows)) "\n"))
  (let* ((columns (append (plist-get table :columns) nil))
         (widths (esh-draw--widths columns (esh-rows-list rows))))
    (esh-draw-headings columns widths (esh-rows-sort rows)
                       (lambda (column) (esh-table--heading window rows column redraw)))
    (dolist (row (esh-rows-list rows))
      (esh-draw-row table row widths (lambda (row column) (esh-act-cell window table row column))
                    (lambda (row) (esh-table--row-buttons window row)))))
  (unless (esh-rows-list rows) (insert "  " (propertize (esh-word 'none) 'face 'esh-hint) "\n"))
  (when (esh-rows-next rows)
    (esh-draw-spot (esh-word-format 'more (- (esh-rows-total rows) (length (esh-rows-list rows))))
                   (list 'more (plist-get table :id))
                   (lambda () (esh-rows-more rows) (funcall redraw)) 'esh-hint)
    (insert "\n")))

(provide 'esh-table)
;;; esh-table.el ends here
