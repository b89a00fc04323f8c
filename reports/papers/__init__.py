"""学校活动报告 (附件2), 学校走访方案, 教师走访情况表 on paper: fields, values, built-in shapes."""
