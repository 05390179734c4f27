"""A report as files of one content: PDF to hand out, DOCX to edit, XLSX to reckon with."""
