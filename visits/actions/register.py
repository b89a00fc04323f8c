def on_students_changed(**kwargs):
    pass
